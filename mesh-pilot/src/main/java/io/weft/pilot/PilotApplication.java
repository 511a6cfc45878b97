package io.weft.pilot;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.web.reactive.ReactiveOAuth2ResourceServerWebSecurityAutoConfiguration;
import org.springframework.context.annotation.ComponentScan;

/**
 * The control plane: {@code mvn spring-boot:run -Drun=pilot -pl mesh-pilot -am}. Its settings are in {@code mesh-pilot.yml};
 * docs/contracts.md says what it answers.
 *
 * <p>Spring Security is here to decode the tokens of xDS streams. Its web filters are left out: the REST API has no users
 * to log in, it is kept to this machine by the address it binds and by {@link io.weft.pilot.api.LocalOnlyFilter}; a login
 * form and generated password would only lock it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(
        exclude = {
            ReactiveUserDetailsServiceAutoConfiguration.class,
            ReactiveWebSecurityAutoConfiguration.class,
            ReactiveManagementWebSecurityAutoConfiguration.class,
            ReactiveOAuth2ResourceServerWebSecurityAutoConfiguration.class
        })
@ComponentScan
public class PilotApplication {

    public static void main(String[] args) {
        builder().run(args);
    }

    /** What main runs; a caller with other parts in its JVM may set more on it, for one {@code registerShutdownHook(false)}. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(PilotApplication.class)
                .web(WebApplicationType.REACTIVE)
                .listeners(new SettingsServer())
                .properties("spring.config.name=mesh-pilot");
    }
}
