package io.weft.demo.productpage;

import io.weft.demo.app.Workload;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.reactive.result.view.Rendering;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebSession;
import reactor.core.publisher.Mono;

/** The pages a person sees. */
@Controller
final class PageController {

    private final Bookshop shop;
    private final Workload workload;

    PageController(Bookshop shop, Workload workload) {
        this.shop = shop;
        this.workload = workload;
    }

    @GetMapping("/")
    Rendering index() {
        return Rendering.view("index").modelAttribute("instance", workload.instance()).build();
    }

    @GetMapping("/productpage")
    Mono<Rendering> productpage(ServerWebExchange exchange, WebSession session) {
        Product product = Product.all().get(0);
        HttpHeaders headers = EndUser.headers(exchange.getRequest().getHeaders(), session);
        return Mono.zip(shop.details(product.id(), headers), shop.reviews(product.id(), headers))
                .map(answers -> Rendering.view("productpage")
                        .model(model(product, answers.getT1(), answers.getT2(), EndUser.of(session)))
                        .build());
    }

    /** The original asks for a password and takes any; so does this, and the page says so. */
    @PostMapping("/login")
    Mono<Rendering> login(ServerWebExchange exchange, WebSession session) {
        return exchange.getFormData().flatMap(form -> {
            String name = name(form);
            return session.changeSessionId().then(Mono.fromSupplier(() -> {
                EndUser.set(session, name);
                return toProductpage();
            }));
        });
    }

    @GetMapping("/logout")
    Mono<Rendering> logout(WebSession session) {
        return session.invalidate().then(Mono.fromSupplier(PageController::toProductpage));
    }

    private static String name(MultiValueMap<String, String> form) {
        String name = form.getFirst("username");
        if (!EndUser.isAcceptable(name)) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "username: (expected: 1 to 64 printable ASCII characters)");
        }
        return name.strip();
    }

    private static Rendering toProductpage() {
        return Rendering.redirectTo("/productpage").status(HttpStatus.FOUND).build();
    }

    private Map<String, ?> model(
            Product product, Answer<Details> details, Answer<Reviews> reviews, @Nullable String user) {
        Map<String, Object> model = new HashMap<>();
        model.put("product", product);
        model.put("details", details);
        model.put("reviews", reviews);
        model.put("instance", workload.instance());
        if (user != null) {
            model.put("user", user);
        }
        return model;
    }
}
