package io.weft.demo.app;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** How every app of the demo is built: WebFlux, with a configuration file named after the app. */
public final class DemoApp {

    /** Read by the launcher's auto-configuration filter; means nothing where an app runs alone. */
    public static final String PART_KIND = "weft.part-kind";

    static final String APP = "app";
    static final String APP_WITH_PAGES = "app-with-pages";

    private DemoApp() {}

    /**
     * A builder for an app.
     *
     * @param application its {@code @SpringBootApplication} class
     * @param name its name: {@code <name>.yml} on the class path holds its settings
     */
    public static SpringApplicationBuilder builder(Class<?> application, String name) {
        return builder(application, name, APP);
    }

    /** The same for an app that renders HTML. */
    public static SpringApplicationBuilder builderWithPages(Class<?> application, String name) {
        return builder(application, name, APP_WITH_PAGES);
    }

    private static SpringApplicationBuilder builder(Class<?> application, String name, String kind) {
        return new SpringApplicationBuilder(application, LameDuckConfiguration.class)
                .web(WebApplicationType.REACTIVE)
                .properties("spring.config.name=" + name, PART_KIND + "=" + kind);
    }
}
