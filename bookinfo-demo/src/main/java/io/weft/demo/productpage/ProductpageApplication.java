package io.weft.demo.productpage;

import io.weft.demo.app.DemoApp;
import io.weft.demo.app.DownstreamConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** Bookinfo's productpage. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@Import(DownstreamConfiguration.class)
public class ProductpageApplication {

    /** Runs it until the process is told to stop. */
    public static void main(String[] args) {
        builder().run(args);
    }

    /** What {@link #main} runs: for whoever starts it inside another process. */
    public static SpringApplicationBuilder builder() {
        return DemoApp.builderWithPages(ProductpageApplication.class, "productpage");
    }
}
