package io.weft.demo.ratings;

import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
final class RatingsController {

    private static final Map<String, Integer> STARS = new TreeMap<>(Map.of("Reviewer1", 5, "Reviewer2", 4));

    record Ratings(int id, Map<String, Integer> ratings) {}

    @GetMapping("/ratings/{id}")
    Ratings ratings(@PathVariable String id) {
        try {
            return new Ratings(Integer.parseInt(id), STARS);
        } catch (NumberFormatException notANumber) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "id: " + id + " (expected: a number)", notANumber);
        }
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of("status", "Ratings is healthy");
    }
}
