package io.weft.demo.ratings;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.app.RunningApp;
import org.junit.jupiter.api.Test;

class RatingsIT {

    @Test
    void ratingsAreStarsByReviewer() {
        try (RunningApp app = RunningApp.start(RatingsApplication.builder())) {
            assertThat(app.json("/ratings/7").toString())
                    .isEqualTo("{\"id\":7,\"ratings\":{\"Reviewer1\":5,\"Reviewer2\":4}}");
            assertThat(app.get("/ratings/x").statusCode()).isEqualTo(400);
            assertThat(app.get("/health").statusCode()).isEqualTo(200);
        }
    }
}
