package io.weft.telemetry.console;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What a browser may do with an answer of ours. The console shows what strangers wrote (paths, headers, names); it only ever makes
 * text of it, and were that to fail once, nothing but our own files could run, and nothing be sent elsewhere.
 */
@Component
final class ConsoleHeaders implements WebFilter, Ordered {

    static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /** Behind the filter that decides who may ask at all. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpHeaders answer = exchange.getResponse().getHeaders();
        answer.set("Content-Security-Policy", POLICY);
        answer.set("Cross-Origin-Opener-Policy", "same-origin");
        answer.set("Cross-Origin-Resource-Policy", "same-origin");
        // What is asked for is never the same twice, and the page's files bear the build's fixed date: an older copy would pass for theirs.
        answer.setCacheControl("no-store");
        return chain.filter(exchange);
    }
}
