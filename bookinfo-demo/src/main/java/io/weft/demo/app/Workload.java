package io.weft.demo.app;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * Which instance this is.
 *
 * @param instance shown to users, so that they see who served them: {@code reviews-v3-k2x9q}
 */
public record Workload(String instance) {

    /** The configured name; else the host's, which on Kubernetes is the pod's; else the app's. */
    static Workload of(@Nullable String configured, Environment environment) {
        if (configured != null && !configured.isBlank()) {
            return new Workload(configured);
        }
        String fallback = environment.getProperty("spring.config.name", "app");
        return new Workload(environment.getProperty("HOSTNAME", fallback));
    }
}
