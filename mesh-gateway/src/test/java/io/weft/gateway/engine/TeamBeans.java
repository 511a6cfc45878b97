package io.weft.gateway.engine;

import io.weft.gateway.filter.Caller;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.OrderedGatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.cloud.gateway.filter.ratelimit.RateLimiter;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** What a team would add to its gateway. */
@TestConfiguration(proxyBeanMethods = false)
class TeamBeans {
    @Bean
    RouterFunction<ServerResponse> fallback() {
        return RouterFunctions.route()
                .GET("/fallback", request -> ServerResponse.ok().header("x-fallback", "yes").bodyValue("from the fallback"))
                .build();
    }

    @Bean
    StampGatewayFilterFactory stamp() {
        return new StampGatewayFilterFactory();
    }

    @Bean
    RateLimiter<Object> everyThird() {
        return new EveryThird();
    }

    @Bean
    KeyResolver byHeader() {
        return exchange -> Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst("x-key"));
    }

    /** A filter of the team's own. */
    static final class StampGatewayFilterFactory extends AbstractGatewayFilterFactory<StampGatewayFilterFactory.Config> {
        StampGatewayFilterFactory() {
            super(Config.class);
        }

        @Override
        public List<String> shortcutFieldOrder() {
            return List.of("text");
        }

        @Override
        public GatewayFilter apply(Config config) {
            return new OrderedGatewayFilter(
                    (exchange, chain) -> {
                        exchange.getResponse().beforeCommit(() -> {
                            exchange.getResponse().getHeaders().set("x-stamp", config.text + " " + Caller.spiffeId(exchange).orElse("nobody"));
                            return Mono.empty();
                        });
                        return chain.filter(exchange);
                    },
                    1);
        }

        static final class Config {
            private String text = "";

            public void setText(String text) {
                this.text = text;
            }

            public String getText() {
                return text;
            }
        }
    }

    /** Two of three pass, per key. */
    static final class EveryThird implements RateLimiter<Object> {
        private final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();

        @Override
        public Mono<Response> isAllowed(String routeId, String id) {
            int n = seen.computeIfAbsent(id, key -> new AtomicInteger()).incrementAndGet();
            return Mono.just(new Response(n % 3 != 0, Map.of()));
        }

        @Override
        public Map<String, Object> getConfig() {
            return Map.of();
        }

        @Override
        public Class<Object> getConfigClass() {
            return Object.class;
        }

        @Override
        public Object newConfig() {
            return new Object();
        }
    }
}
