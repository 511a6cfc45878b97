package io.weft.demo.ratings;

import io.weft.demo.app.DemoApp;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Bookinfo's ratings. */
@SpringBootApplication(proxyBeanMethods = false)
public class RatingsApplication {

    /** Runs it until the process is told to stop. */
    public static void main(String[] args) {
        builder().run(args);
    }

    /** What {@link #main} runs: for whoever starts it inside another process. */
    public static SpringApplicationBuilder builder() {
        return DemoApp.builder(RatingsApplication.class, "ratings");
    }
}
