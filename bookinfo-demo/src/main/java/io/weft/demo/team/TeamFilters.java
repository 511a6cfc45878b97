package io.weft.demo.team;

import io.weft.gateway.filter.Caller;
import java.time.Clock;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.ratelimit.KeyResolver;
import org.springframework.cloud.gateway.filter.ratelimit.RateLimiter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** What the demo's Spring sidecars have beside what every one has; {@code spring.main.sources} names this class. */
@Configuration(proxyBeanMethods = false)
public class TeamFilters {

    /** Header of an answer: who has asked for it. */
    public static final String ASKED_BY = "x-team-asked-by";

    /** Works on every request that a SpringRoute takes, whatever that then does with it. */
    @Bean
    GlobalFilter askedBy() {
        return (exchange, chain) -> {
            String caller = Caller.spiffeId(exchange).orElse("somebody");
            exchange.getResponse().beforeCommit(() -> {
                exchange.getResponse().getHeaders().set(ASKED_BY, caller);
                return Mono.empty();
            });
            return chain.filter(exchange);
        };
    }

    /** What {@code RequestRateLimiter} of a SpringRoute counts by: who the mesh knows the caller to be. */
    @Bean
    KeyResolver caller() {
        return exchange -> Mono.just(Caller.spiffeId(exchange).orElse("somebody"));
    }

    /** Few enough that a person at a terminal sees it work. */
    @Bean
    RateLimiter<Object> fiveAMinute() {
        return new CallsPerMinute(5, Clock.systemUTC());
    }
}
