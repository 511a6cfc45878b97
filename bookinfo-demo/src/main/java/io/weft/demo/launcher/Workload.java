package io.weft.demo.launcher;

import io.weft.demo.details.DetailsApplication;
import io.weft.demo.httpbin.HttpbinApplication;
import io.weft.demo.productpage.ProductpageApplication;
import io.weft.demo.ratings.RatingsApplication;
import io.weft.demo.reviews.ReviewsApplication;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * An app of the demo that gets a sidecar.
 *
 * @param name of the workload, and of the WorkloadGroup it registers into
 * @param serviceAccount whom its certificate is for
 * @param port the port that its Service and its group name
 * @param main what runs
 * @param application what that main builds
 * @param settings what makes this version of it
 */
record Workload(
        String name,
        String serviceAccount,
        int port,
        Class<?> main,
        Supplier<SpringApplicationBuilder> application,
        Map<String, String> settings) {

    static final List<Workload> ALL = List.of(
            new Workload("productpage-v1", "bookinfo-productpage", 9080, ProductpageApplication.class, ProductpageApplication::builder, Map.of()),
            new Workload("details-v1", "bookinfo-details", 9080, DetailsApplication.class, DetailsApplication::builder, Map.of()),
            reviews("reviews-v1", Map.of()),
            reviews("reviews-v2", Map.of("weft.reviews.ratings-enabled", "true", "weft.reviews.star-color", "black")),
            reviews("reviews-v3", Map.of("weft.reviews.ratings-enabled", "true", "weft.reviews.star-color", "red")),
            new Workload("ratings-v1", "bookinfo-ratings", 9080, RatingsApplication.class, RatingsApplication::builder, Map.of()),
            new Workload("httpbin-v1", "httpbin", 80, HttpbinApplication.class, HttpbinApplication::builder, Map.of()));

    private static Workload reviews(String name, Map<String, String> settings) {
        return new Workload(name, "bookinfo-reviews", 9080, ReviewsApplication.class, ReviewsApplication::builder, settings);
    }

    /** Its label {@code app}: the name without the version. */
    String app() {
        return name.substring(0, name.lastIndexOf("-v"));
    }

    Account account() {
        return new Account(name, "default", serviceAccount);
    }
}
