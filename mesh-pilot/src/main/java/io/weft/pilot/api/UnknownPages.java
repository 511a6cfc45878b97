package io.weft.pilot.api;

import io.weft.pilot.model.Problem;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Says by a {@code Status}, as everything else here does, that there is no such page or that it does not take this method. */
public final class UnknownPages implements WebExceptionHandler, Ordered {

    private static final String PAGES = "/weft/v1/apply, delete, routes, proxies, services, targets or errors, /api/v1/..., /apis/... or /actuator";

    /** Before Boot's own, which takes the rest. */
    @Override
    public int getOrder() {
        return -2;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        ServerHttpResponse response = exchange.getResponse();
        if (!(failure instanceof ResponseStatusException refused)
                || !refused.getStatusCode().is4xxClientError()
                || response.isCommitted()) {
            return Mono.error(failure);
        }
        ServerHttpRequest request = exchange.getRequest();
        ApiException status = status(refused, request);
        Media media = Media.ofFailure(request);
        response.setStatusCode(refused.getStatusCode());
        response.getHeaders().putAll(refused.getHeaders());
        response.getHeaders().setContentType(media.type());
        DataBuffer body =
                response.bufferFactory().wrap(media.bytes(Rendering.status(status), Media.pretty(request)));
        return response.writeWith(Mono.just(body));
    }

    private static ApiException status(ResponseStatusException refused, ServerHttpRequest request) {
        int code = refused.getStatusCode().value();
        if (code == 404) {
            String path = Problem.shown(request.getPath().value());
            return new ApiException(404, "NotFound", "nothing at " + path + " (expected: " + PAGES + ")");
        }
        if (code == 405) {
            return new ApiException(
                    405,
                    "MethodNotAllowed",
                    request.getMethod() + " is not allowed here (expected: " + refused.getHeaders().getFirst("Allow") + ")");
        }
        HttpStatus known = HttpStatus.resolve(code);
        String reason = known == null ? "BadRequest" : known.getReasonPhrase().replace(" ", "");
        return new ApiException(code, reason, String.valueOf(refused.getReason()));
    }
}
