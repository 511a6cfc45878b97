package io.weft.demo.httpbin;

import static org.springframework.web.bind.annotation.RequestMethod.DELETE;
import static org.springframework.web.bind.annotation.RequestMethod.GET;
import static org.springframework.web.bind.annotation.RequestMethod.HEAD;
import static org.springframework.web.bind.annotation.RequestMethod.OPTIONS;
import static org.springframework.web.bind.annotation.RequestMethod.PATCH;
import static org.springframework.web.bind.annotation.RequestMethod.POST;
import static org.springframework.web.bind.annotation.RequestMethod.PUT;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Answers with what arrived. */
@RestController
final class EchoController {

    private static final double LONGEST_DELAY_SECONDS = 10;

    private final BodyReader bodies;

    EchoController(BodyReader bodies) {
        this.bodies = bodies;
    }

    @GetMapping("/get")
    Map<String, Object> get(ServerHttpRequest request) {
        return head(request);
    }

    @PostMapping("/post")
    Mono<Map<String, Object>> post(ServerWebExchange exchange) {
        return whole(exchange);
    }

    @PutMapping("/put")
    Mono<Map<String, Object>> put(ServerWebExchange exchange) {
        return whole(exchange);
    }

    @PatchMapping("/patch")
    Mono<Map<String, Object>> patch(ServerWebExchange exchange) {
        return whole(exchange);
    }

    @DeleteMapping("/delete")
    Mono<Map<String, Object>> delete(ServerWebExchange exchange) {
        return whole(exchange);
    }

    /** The methods are named because OPTIONS would otherwise be answered by Spring itself. */
    @RequestMapping(
            path = {"/anything", "/anything/**"},
            method = {GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS})
    Mono<Map<String, Object>> anything(ServerWebExchange exchange) {
        return whole(exchange).map(shown -> {
            shown.put("method", exchange.getRequest().getMethod().name());
            return shown;
        });
    }

    @RequestMapping("/delay/{seconds}")
    Mono<Map<String, Object>> delay(@PathVariable String seconds, ServerWebExchange exchange) {
        Duration delay = delay(seconds);
        return whole(exchange).delayElement(delay).map(shown -> {
            shown.remove("json");
            return shown;
        });
    }

    @GetMapping("/headers")
    Map<String, Object> headers(ServerHttpRequest request) {
        return Map.of("headers", Shown.headers(request.getHeaders()));
    }

    @GetMapping("/ip")
    Map<String, Object> ip(ServerHttpRequest request) {
        return Map.of("origin", Shown.origin(request));
    }

    @GetMapping("/user-agent")
    Map<String, Object> userAgent(ServerHttpRequest request) {
        Map<String, Object> shown = new TreeMap<>();
        shown.put("user-agent", request.getHeaders().getFirst("User-Agent"));
        return shown;
    }

    private static Map<String, Object> head(ServerHttpRequest request) {
        Map<String, Object> shown = new TreeMap<>();
        shown.put("args", Shown.values(request.getQueryParams()));
        shown.put("headers", Shown.headers(request.getHeaders()));
        shown.put("origin", Shown.origin(request));
        shown.put("url", Shown.url(request));
        return shown;
    }

    private Mono<Map<String, Object>> whole(ServerWebExchange exchange) {
        return bodies.read(exchange).map(body -> {
            Map<String, Object> shown = head(exchange.getRequest());
            shown.put("data", body.data());
            shown.put("form", body.form());
            shown.put("files", body.files());
            shown.put("json", body.json());
            return shown;
        });
    }

    /** Fractions are fine; more than 10 s is 10 s, as the public httpbin has it. */
    private static Duration delay(String seconds) {
        double wanted;
        try {
            wanted = Double.parseDouble(seconds);
        } catch (NumberFormatException notANumber) {
            wanted = Double.NaN;
        }
        if (!(wanted >= 0)) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "delay: " + seconds + " (expected: seconds, 0 to 10)");
        }
        return Duration.ofMillis(Math.round(Math.min(wanted, LONGEST_DELAY_SECONDS) * 1000));
    }
}
