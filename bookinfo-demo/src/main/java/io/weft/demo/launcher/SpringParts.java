package io.weft.demo.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts a part that is a Spring Boot application, from the builder that its own main uses. */
final class SpringParts {

    private final SharedReactor reactor;

    SpringParts(SharedReactor reactor) {
        this.reactor = reactor;
    }

    private record Context(ConfigurableApplicationContext context) implements Running {

        @Override
        public int port(String name) {
            String property = name.equals(HTTP) ? "local.server.port" : "local.weft." + name;
            return Integer.parseInt(context.getEnvironment().getRequiredProperty(property));
        }

        @Override
        public void close() {
            context.close();
        }
    }

    /**
     * Starts it.
     *
     * @param builder the part's own
     * @param settings on top of the part's file and this JVM's system properties
     */
    Running start(SpringApplicationBuilder builder, Map<String, String> settings) {
        List<String> args = new ArrayList<>();
        args.add("--management.metrics.use-global-registry=false");
        args.add("--management.otlp.metrics.export.enabled=false");
        settings.forEach((name, value) -> args.add("--" + name + "=" + value));
        return new Context(reactor.serve(builder)
                .registerShutdownHook(false)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .run(args.toArray(String[]::new)));
    }
}
