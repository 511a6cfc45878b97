package io.weft.demo.httpbin;

import io.weft.demo.app.DemoApp;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** httpbin: answers with what it was asked. Alone: {@code mvn -pl bookinfo-demo spring-boot:run -Dspring-boot.run.main-class=io.weft.demo.httpbin.HttpbinApplication}. */
@SpringBootApplication(proxyBeanMethods = false)
public class HttpbinApplication {

    /** Runs it until the process is told to stop. */
    public static void main(String[] args) {
        builder().run(args);
    }

    /** What {@link #main} runs: for whoever starts it inside another process. */
    public static SpringApplicationBuilder builder() {
        return DemoApp.builder(HttpbinApplication.class, "httpbin");
    }
}
