package io.weft.gateway.engine;

import java.util.Map;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.cloud.gateway.filter.ratelimit.RateLimiter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.WebSessionManager;
import org.springframework.web.server.session.WebSessionStore;
import reactor.core.publisher.Mono;

/** What a team's gateway has, where built-in filters need it, and filters around them that tell the backend what it could not see otherwise. */
@TestConfiguration(proxyBeanMethods = false)
class FilterProbes {

    /** A request with this header has something put into its session. */
    static final String REMEMBER = "x-remember";
    /** Says to the backend whether such a session is in the store by now. */
    static final String SAVED = "x-saved";
    /** Tells the backend of a body that was kept as a string. */
    static final String CACHED = "x-cached";
    /** What the rate limiter goes by. */
    static final String KEY = "x-key";

    @Bean
    KeyResolver byHeader() {
        return exchange -> Mono.justOrEmpty(exchange.getRequest().getHeaders().getFirst(KEY));
    }

    @Bean
    RateLimiter<Object> onlyTheGood() {
        return new OnlyTheGood();
    }

    @Bean
    GlobalFilter before() {
        return new Before();
    }

    @Bean
    GlobalFilter after(WebSessionManager sessions) {
        return new After(((DefaultWebSessionManager) sessions).getSessionStore());
    }

    /** Before all filters of a route. */
    private static final class Before implements GlobalFilter, Ordered {
        @Override
        public int getOrder() {
            return 0;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            String remembered = exchange.getRequest().getHeaders().getFirst(REMEMBER);
            if (remembered == null) {
                return chain.filter(exchange);
            }
            return exchange.getSession().doOnNext(session -> session.getAttributes().put("what", remembered)).then(chain.filter(exchange));
        }
    }

    /** Behind them, before the request is sent. */
    private record After(WebSessionStore sessions) implements GlobalFilter, Ordered {
        @Override
        public int getOrder() {
            return 1000;
        }

        @Override
        public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
            Object cached = exchange.getAttribute(ServerWebExchangeUtils.CACHED_REQUEST_BODY_ATTR);
            if (cached instanceof String text) {
                return chain.filter(told(exchange, CACHED, text));
            }
            if (exchange.getRequest().getHeaders().getFirst(REMEMBER) == null) {
                return chain.filter(exchange);
            }
            return exchange.getSession()
                    .flatMap(session -> sessions.retrieveSession(session.getId()).hasElement())
                    .flatMap(saved -> chain.filter(told(exchange, SAVED, saved.toString())));
        }

        private static ServerWebExchange told(ServerWebExchange exchange, String header, String value) {
            return exchange.mutate().request(request -> request.header(header, value)).build();
        }
    }

    private static final class OnlyTheGood implements RateLimiter<Object> {
        @Override
        public Mono<Response> isAllowed(String routeId, String id) {
            return Mono.just(new Response(id.equals("good"), Map.of()));
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
