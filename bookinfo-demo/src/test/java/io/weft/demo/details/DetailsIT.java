package io.weft.demo.details;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.app.RunningApp;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DetailsIT {

    @Test
    void detailsHaveTheFieldsUsersKnow() {
        try (RunningApp app = RunningApp.start(DetailsApplication.builder())) {
            JsonNode details = app.json("/details/0");
            assertThat(details.get("id").asInt()).isZero();
            assertThat(details.get("author").asString()).isEqualTo("William Shakespeare");
            assertThat(details.propertyNames())
                    .containsExactly("id", "author", "year", "type", "pages", "publisher", "language", "ISBN-10", "ISBN-13");
            assertThat(app.get("/details/x").statusCode()).isEqualTo(400);
            assertThat(app.get("/health").body()).contains("Details is healthy");
            assertThat(app.get("/nothing").statusCode()).isEqualTo(404);
        }
    }
}
