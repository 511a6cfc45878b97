package io.weft.demo.app;

import io.micrometer.observation.ObservationRegistry;
import io.netty.channel.ChannelOption;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/** Imported by every app: its name, and its way to others. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AppProperties.class)
public class DownstreamConfiguration {

    @Bean
    Workload workload(AppProperties properties, Environment environment) {
        return Workload.of(properties.instance(), environment);
    }

    @Bean
    Downstream downstream(
            AppProperties properties, Environment environment, ReactorResourceFactory resources, ObservationRegistry observations) {
        int connectMillis = Math.toIntExact(properties.connectTimeout().toMillis());
        ReactorClientHttpConnector connector = new ReactorClientHttpConnector(
                resources, client -> client.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis));
        return new Downstream(
                WebClient.builder()
                        .clientConnector(connector)
                        .observationRegistry(observations)
                        .build(),
                new Sidecar(properties, environment.getProperty("HTTP_PROXY")));
    }
}
