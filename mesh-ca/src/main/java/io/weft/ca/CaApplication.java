package io.weft.ca;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Import;

/**
 * The mesh's certificate authority: {@code mvn spring-boot:run -Drun=ca -pl mesh-ca -am}. Its settings are in {@code mesh-ca.yml};
 * docs/contracts.md says what it answers.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = ReactiveUserDetailsServiceAutoConfiguration.class)
@Import({CaConfiguration.class, LaptopConfiguration.class, KubernetesConfiguration.class, HttpSecurity.class})
public class CaApplication {

    public static void main(String[] args) {
        builder().run(args);
    }

    /** What main runs; a caller with other parts in its JVM may set more on it, for one {@code registerShutdownHook(false)}. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(CaApplication.class)
                .main(CaApplication.class)
                .web(WebApplicationType.REACTIVE)
                .properties("spring.config.name=mesh-ca");
    }
}
