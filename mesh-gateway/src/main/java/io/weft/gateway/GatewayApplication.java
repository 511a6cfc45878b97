package io.weft.gateway;

import io.weft.gateway.engine.GatewayConfiguration;
import io.weft.gateway.role.PodDefaults;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Import;

/**
 * An ingress gateway, an egress gateway or a workload's sidecar: {@code mvn spring-boot:run -Drun=gateway -pl mesh-gateway -am}. Its settings
 * are in {@code mesh-gateway.yml}; {@code weft.role} says which of them it is.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(GatewayConfiguration.class)
public class GatewayApplication {

    public static void main(String[] args) {
        builder().run(args);
    }

    /** What main runs; a caller with other parts in its JVM may set more on it, for one {@code registerShutdownHook(false)}. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(GatewayApplication.class)
                .web(WebApplicationType.REACTIVE)
                .initializers(new PodDefaults())
                .properties("spring.config.name=mesh-gateway");
    }
}
