package io.weft.demo.productpage;

import io.weft.demo.app.Downstream;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.publisher.Mono;

/** Asks details, reviews and ratings. None of them failing is an error of the page: it shows a sentence instead. */
@Component
final class Bookshop {

    private static final Logger log = LoggerFactory.getLogger(Bookshop.class);

    private final ProductpageProperties properties;
    private final Downstream downstream;

    Bookshop(ProductpageProperties properties, Downstream downstream) {
        this.properties = properties;
        this.downstream = downstream;
    }

    Mono<Answer<Details>> details(int id, HttpHeaders headers) {
        return ask(properties.detailsUrl(), "/details/" + id, headers, Details.class, "product details");
    }

    Mono<Answer<Reviews>> reviews(int id, HttpHeaders headers) {
        return ask(properties.reviewsUrl(), "/reviews/" + id, headers, Reviews.class, "product reviews");
    }

    Mono<Answer<Ratings>> ratings(int id, HttpHeaders headers) {
        return ask(properties.ratingsUrl(), "/ratings/" + id, headers, Ratings.class, "product ratings");
    }

    private <T> Mono<Answer<T>> ask(URI service, String path, HttpHeaders headers, Class<T> type, String what) {
        return downstream
                .get(service, path, headers, properties.timeout(), type)
                .map(Answer::of)
                .switchIfEmpty(Mono.error(() -> new IllegalStateException("an empty answer")))
                .doOnError(failure -> log.warn("no {} from {}{}: {}", what, service, path, failure.toString()))
                .onErrorResume(failure -> Mono.just(Answer.failed(
                        failure instanceof WebClientResponseException answered
                                ? answered.getStatusCode().value()
                                : 500,
                        "Sorry, " + what + " are currently unavailable for this book.")));
    }
}
