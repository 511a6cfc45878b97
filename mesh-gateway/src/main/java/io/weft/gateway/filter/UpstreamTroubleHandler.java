package io.weft.gateway.filter;

import io.weft.sidecar.route.Grpc;
import java.nio.charset.StandardCharsets;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Answers a call that has failed as a route of the mesh would: Envoy's status and words, in text or as a gRPC status. */
final class UpstreamTroubleHandler implements WebExceptionHandler, Ordered {

    @Override
    public int getOrder() {
        // Before Boot's own, which would make a page of it.
        return -2;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable error) {
        ServerHttpResponse response = exchange.getResponse();
        if (!(error instanceof UpstreamTroubleException trouble) || response.isCommitted()) {
            return Mono.error(error);
        }
        // What an endpoint had said before it failed is not said.
        ServerWebExchangeUtils.reset(exchange);
        HttpHeaders headers = response.getHeaders();
        String asked = exchange.getRequest().getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        if (asked != null && asked.startsWith("application/grpc")) {
            response.setStatusCode(HttpStatus.OK);
            headers.set(HttpHeaders.CONTENT_TYPE, "application/grpc");
            headers.set("grpc-status", Integer.toString(Grpc.statusOf(trouble.getStatusCode().value())));
            headers.set("grpc-message", trouble.body());
            return response.setComplete();
        }
        response.setStatusCode(trouble.getStatusCode());
        if (trouble.body().isEmpty()) {
            headers.setContentLength(0);
            return response.setComplete();
        }
        byte[] body = trouble.body().getBytes(StandardCharsets.UTF_8);
        headers.set(HttpHeaders.CONTENT_TYPE, "text/plain");
        headers.setContentLength(body.length);
        return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
    }
}
