package io.weft.demo.app;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How every app of the demo ends. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AppProperties.class)
class LameDuckConfiguration {

    @Bean
    LameDuck lameDuck(AppProperties properties) {
        return new LameDuck(properties.drainTime());
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> countedConnections(LameDuck lameDuck) {
        return factory -> factory.addServerCustomizers(
                server -> server.doOnChannelInit((observer, channel, remote) -> lameDuck.accepted(channel)));
    }
}
