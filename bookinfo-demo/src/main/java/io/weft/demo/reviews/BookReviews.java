package io.weft.demo.reviews;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What reviews answers, with the field names Bookinfo's users know. */
record BookReviews(String id, String podname, String clustername, List<Review> reviews) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Review(String reviewer, String text, @Nullable Rating rating) {}

    /** Either stars and their colour, or why there are none. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rating(@Nullable Integer stars, @Nullable String color, @Nullable String error) {}
}
