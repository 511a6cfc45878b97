package io.weft.telemetry;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.ComponentScan;

/**
 * Takes what proxies and apps tell, and shows it: {@code mvn spring-boot:run -Drun=telemetry -pl mesh-telemetry -am}. Its settings are in
 * {@code mesh-telemetry.yml}; docs/contracts.md says what it answers.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@ComponentScan
public class TelemetryApplication {

    public static void main(String[] args) {
        builder().run(args);
    }

    /** What main runs; a caller with other parts in its JVM may set more on it, for one {@code registerShutdownHook(false)}. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(TelemetryApplication.class)
                .main(TelemetryApplication.class)
                .web(WebApplicationType.REACTIVE)
                .properties("spring.config.name=mesh-telemetry");
    }
}
