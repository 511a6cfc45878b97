package io.weft.telemetry.query;

import io.weft.telemetry.store.Texts;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Says every refusal in one form, a Kubernetes {@code Status} as mesh-pilot's REST has it. */
@Component
final class Failures implements WebExceptionHandler, Ordered {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String PAGES =
            "/weft/v1/graph, traces, logs, proxies or status, /v1/traces, /api/v2/spans, /actuator or the console at /";

    /** Before Boot's own, which takes the rest. */
    @Override
    public int getOrder() {
        return -2;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(failure);
        }
        if (failure instanceof ApiException refused) {
            return write(response, refused);
        }
        if (failure instanceof ResponseStatusException refused && refused.getStatusCode().is4xxClientError()) {
            response.getHeaders().putAll(refused.getHeaders());
            if (exchange.getRequest().getMethod() == HttpMethod.POST) {
                // What is left of the body is not waited for.
                response.getHeaders().setConnection("close");
            }
            return write(response, told(refused, exchange.getRequest()));
        }
        return Mono.error(failure);
    }

    private static ApiException told(ResponseStatusException refused, ServerHttpRequest request) {
        int code = refused.getStatusCode().value();
        if (code == 404) {
            String path = Texts.shown(request.getPath().value());
            return new ApiException(404, "NotFound", "nothing at " + path + " (expected: " + PAGES + ")");
        }
        HttpStatus known = HttpStatus.resolve(code);
        String reason = known == null ? "BadRequest" : known.getReasonPhrase().replace(" ", "");
        return new ApiException(code, reason, String.valueOf(refused.getReason()));
    }

    static Mono<Void> write(ServerHttpResponse response, ApiException refused) {
        response.setStatusCode(HttpStatusCode.valueOf(refused.code()));
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("kind", "Status");
        status.put("apiVersion", "v1");
        status.put("status", "Failure");
        status.put("message", refused.getMessage());
        status.put("reason", refused.reason());
        status.put("code", refused.code());
        return response.writeWith(Mono.just(response.bufferFactory().wrap(JSON.writeValueAsBytes(status))));
    }
}
