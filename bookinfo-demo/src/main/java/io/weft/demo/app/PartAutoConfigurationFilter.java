package io.weft.demo.app;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Gives each part the auto-configuration it has when it runs alone. In the launcher's JVM all parts share one class path, so without
 * this the security of the certificate authority would guard every app, and Spring Cloud Gateway would route in each of them.
 *
 * <p>Which part a context is, {@value DemoApp#PART_KIND} says; a context without it is not filtered.
 */
final class PartAutoConfigurationFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final List<String> APPS = List.of("app", "app-with-pages");

    /** What not every part has on its own class path, and the kinds of part that have it. All else is common to all. */
    private static final Map<String, List<String>> OWNERS = Map.ofEntries(
            entry("org.springframework.boot.security.", List.of("ca", "pilot")),
            entry("org.springframework.boot.grpc.", List.of("pilot")),
            entry("org.springframework.boot.thymeleaf.", List.of("app-with-pages")),
            entry("org.springframework.boot.restclient.", List.of("gateway")),
            entry("org.springframework.boot.http.client.", List.of("gateway")),
            entry("org.springframework.boot.http.converter.", List.of("gateway")),
            entry("org.springframework.boot.validation.", List.of("gateway")),
            entry("org.springframework.boot.micrometer.tracing.", APPS),
            entry("org.springframework.boot.opentelemetry.", APPS),
            entry("org.springframework.boot.actuate.autoconfigure.endpoint.jackson.Jackson2", List.of("ca", "gateway", "pilot")),
            entry("io.github.resilience4j.", List.of("gateway")),
            // The engine makes a gateway's spans; what the apps trace with is on the same class path.
            entry("org.springframework.cloud.gateway.config.GatewayTracing", List.of()),
            entry("org.springframework.cloud.gateway.", List.of("gateway")),
            entry("org.springframework.cloud.circuitbreaker.", List.of("gateway")),
            entry("org.springframework.cloud.kubernetes.", List.of("pilot")),
            entry("org.springframework.cloud.", List.of("gateway", "pilot")));

    private @Nullable String kind;

    @Override
    public void setEnvironment(Environment environment) {
        this.kind = environment.getProperty(DemoApp.PART_KIND);
    }

    @Override
    public boolean[] match(@Nullable String[] autoConfigurations, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[autoConfigurations.length];
        for (int i = 0; i < matches.length; i++) {
            matches[i] = autoConfigurations[i] != null && belongs(autoConfigurations[i]);
        }
        return matches;
    }

    private boolean belongs(String autoConfiguration) {
        String part = kind;
        return part == null
                || OWNERS.entrySet().stream()
                        .filter(family -> autoConfiguration.startsWith(family.getKey()))
                        .allMatch(family -> family.getValue().contains(part));
    }
}
