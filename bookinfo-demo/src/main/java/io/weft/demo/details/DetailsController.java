package io.weft.demo.details;

import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

@RestController
final class DetailsController {

    @GetMapping("/details/{id}")
    BookDetails details(@PathVariable String id) {
        try {
            return BookDetails.of(Integer.parseInt(id));
        } catch (NumberFormatException notANumber) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "id: " + id + " (expected: a number)", notANumber);
        }
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of("status", "Details is healthy");
    }
}
