package io.weft.demo.reviews;

import io.weft.demo.app.Downstream;
import io.weft.demo.app.Workload;
import io.weft.demo.reviews.BookReviews.Rating;
import io.weft.demo.reviews.BookReviews.Review;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

@RestController
final class ReviewsController {

    private static final Logger log = LoggerFactory.getLogger(ReviewsController.class);

    private static final Rating UNAVAILABLE = new Rating(null, null, "Ratings service is currently unavailable");

    private final ReviewsProperties properties;
    private final Downstream downstream;
    private final Workload workload;

    ReviewsController(ReviewsProperties properties, Downstream downstream, Workload workload) {
        this.properties = properties;
        this.downstream = downstream;
        this.workload = workload;
    }

    record Ratings(Map<String, Integer> ratings) {}

    @GetMapping("/reviews/{id}")
    Mono<BookReviews> reviews(@PathVariable String id, @RequestHeader HttpHeaders headers) {
        int book = number(id);
        if (!properties.ratingsEnabled()) {
            return Mono.just(page(book, null, null));
        }
        return downstream
                .get(properties.ratingsUrl(), "/ratings/" + book, headers, properties.ratingsTimeout(), Ratings.class)
                .map(ratings -> page(book, rating(ratings, "Reviewer1"), rating(ratings, "Reviewer2")))
                .doOnError(failure -> log.warn("no ratings for book {}: {}", book, failure.toString()))
                // Reviews without stars are worth more than no reviews.
                .onErrorReturn(page(book, UNAVAILABLE, UNAVAILABLE));
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of("status", "Reviews is healthy");
    }

    private Rating rating(Ratings ratings, String reviewer) {
        @Nullable Integer stars = ratings.ratings().get(reviewer);
        return stars == null
                ? UNAVAILABLE
                : new Rating(stars, properties.starColor().name().toLowerCase(Locale.ROOT), null);
    }

    private BookReviews page(int book, @Nullable Rating first, @Nullable Rating second) {
        return new BookReviews(
                String.valueOf(book),
                workload.instance(),
                "weft",
                List.of(
                        new Review(
                                "Reviewer1",
                                "Two pairs of twins, one town, and nobody asks the obvious question. I laughed until the fifth act.",
                                first),
                        new Review(
                                "Reviewer2",
                                "Short, quick and cheerfully absurd. Keep a list of who is who beside you, or give in and be confused.",
                                second)));
    }

    private static int number(String id) {
        try {
            return Integer.parseInt(id);
        } catch (NumberFormatException notANumber) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "id: " + id + " (expected: a number)", notANumber);
        }
    }
}
