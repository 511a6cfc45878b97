package io.weft.gateway.role;

import io.weft.sidecar.bootstrap.PodEnvironment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * With {@code weft.kubernetes.enabled}: what a gateway's pod says of it, and where things are in a pod, as properties (docs/contracts.md,
 * "In a pod"). Arguments, system properties and the environment's own {@code WEFT_…} win; {@code mesh-gateway.yml} does not.
 */
public final class PodDefaults implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        if (!environment.getProperty("weft." + PodEnvironment.ENABLED, Boolean.class, false)) {
            return;
        }
        Map<String, String> pod = variables(environment);
        Map<String, Object> properties = new LinkedHashMap<>();
        PodEnvironment.settings(pod).forEach((name, value) -> properties.put("weft." + name, value));
        PodEnvironment.metadata(pod).forEach((name, value) -> properties.put("weft.metadata[" + name + "]", value));
        // The Pod is the workload: there is no group to register into.
        properties.put("weft.register-group", "");
        properties.put("weft.egress.http-port", 8080);
        properties.put("weft.egress.https-port", 8443);
        properties.put("weft.egress.management-port", 15021);
        // Actuator is open to the pod's network there: what the kubelet and Prometheus come for, no routes, no paths, no reasons.
        properties.put("management.endpoints.web.exposure.include", "health,info,prometheus");
        properties.put("management.endpoint.health.show-details", "never");
        MutablePropertySources sources = environment.getPropertySources();
        MapPropertySource source = new MapPropertySource("weft.pod", properties);
        if (sources.contains(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
            sources.addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, source);
        } else {
            sources.addFirst(source);
        }
    }

    /** Names without a dot, from wherever the environment has them; those that are there twice count as it says. */
    private static Map<String, String> variables(ConfigurableEnvironment environment) {
        Map<String, String> all = new HashMap<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> named) {
                for (String name : named.getPropertyNames()) {
                    Object value = name.indexOf('.') < 0 ? named.getProperty(name) : null;
                    if (value != null) {
                        all.putIfAbsent(name, value.toString());
                    }
                }
            }
        }
        return all;
    }
}
