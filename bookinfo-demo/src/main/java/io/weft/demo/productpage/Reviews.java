package io.weft.demo.productpage;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What readers wrote, as reviews tells it. */
record Reviews(String id, String podname, String clustername, List<Review> reviews) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Review(String reviewer, String text, @Nullable Rating rating) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rating(@Nullable Integer stars, @Nullable String color, @Nullable String error) {

        private static final int BEST = 5;

        /** Five characters: full stars, then empty ones. */
        @JsonIgnore
        public String drawn() {
            int full = stars == null ? 0 : Math.max(0, Math.min(BEST, stars));
            return "★".repeat(full) + "☆".repeat(BEST - full);
        }

        /** The style of the stars: only the two colours the page knows. */
        @JsonIgnore
        public String style() {
            return "red".equals(color) ? "stars-red" : "stars-black";
        }
    }
}
