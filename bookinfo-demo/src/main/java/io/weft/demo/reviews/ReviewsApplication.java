package io.weft.demo.reviews;

import io.weft.demo.app.DemoApp;
import io.weft.demo.app.DownstreamConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** Bookinfo's reviews. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@Import(DownstreamConfiguration.class)
public class ReviewsApplication {

    /** Runs it until the process is told to stop. */
    public static void main(String[] args) {
        builder().run(args);
    }

    /** What {@link #main} runs: for whoever starts it inside another process. */
    public static SpringApplicationBuilder builder() {
        return DemoApp.builder(ReviewsApplication.class, "reviews");
    }
}
