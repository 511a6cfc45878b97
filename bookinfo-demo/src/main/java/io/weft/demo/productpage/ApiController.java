package io.weft.demo.productpage;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;

/** The same as JSON. A failure downstream keeps its status here, where a program reads it. */
@RestController
final class ApiController {

    private final Bookshop shop;

    ApiController(Bookshop shop) {
        this.shop = shop;
    }

    @GetMapping("/api/v1/products")
    List<Product> products() {
        return Product.all();
    }

    @GetMapping("/api/v1/products/{id}")
    Mono<ResponseEntity<Object>> product(@PathVariable String id, ServerWebExchange exchange, WebSession session) {
        return ask(id, exchange, session, shop::details);
    }

    @GetMapping("/api/v1/products/{id}/reviews")
    Mono<ResponseEntity<Object>> reviews(@PathVariable String id, ServerWebExchange exchange, WebSession session) {
        return ask(id, exchange, session, shop::reviews);
    }

    @GetMapping("/api/v1/products/{id}/ratings")
    Mono<ResponseEntity<Object>> ratings(@PathVariable String id, ServerWebExchange exchange, WebSession session) {
        return ask(id, exchange, session, shop::ratings);
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of("status", "Productpage is healthy");
    }

    private static <T> Mono<ResponseEntity<Object>> ask(
            String id,
            ServerWebExchange exchange,
            WebSession session,
            BiFunction<Integer, HttpHeaders, Mono<Answer<T>>> call) {
        HttpHeaders headers = EndUser.headers(exchange.getRequest().getHeaders(), session);
        return call.apply(known(id), headers)
                .map(answer -> ResponseEntity.status(answer.status())
                        .body(
                                answer.body() != null
                                        ? answer.body()
                                        : Map.of("error", String.valueOf(answer.error()))));
    }

    private static int known(String id) {
        try {
            return Product.byId(Integer.parseInt(id))
                    .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "no product " + id))
                    .id();
        } catch (NumberFormatException notANumber) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "id: " + id + " (expected: a number)", notANumber);
        }
    }
}
