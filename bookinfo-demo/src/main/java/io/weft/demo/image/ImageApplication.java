package io.weft.demo.image;

import io.weft.demo.details.DetailsApplication;
import io.weft.demo.httpbin.HttpbinApplication;
import io.weft.demo.productpage.ProductpageApplication;
import io.weft.demo.ratings.RatingsApplication;
import io.weft.demo.reviews.ReviewsApplication;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** What the image {@code weft/bookinfo-demo} runs: the app that its first argument names, with the rest of them (docs/images.md). */
public final class ImageApplication {

    private static final Map<String, Supplier<SpringApplicationBuilder>> APPS = new TreeMap<>(Map.of(
            "details", DetailsApplication::builder,
            "httpbin", HttpbinApplication::builder,
            "productpage", ProductpageApplication::builder,
            "ratings", RatingsApplication::builder,
            "reviews", ReviewsApplication::builder));

    private ImageApplication() {}

    /**
     * Runs it until the process is told to stop.
     *
     * @param args the app's name, then its arguments
     */
    public static void main(String[] args) {
        app(args.length == 0 ? "" : args[0]).run(Arrays.copyOfRange(args, 1, args.length));
    }

    /**
     * The app of that name.
     *
     * @throws IllegalArgumentException when there is none; the message names those there are
     */
    static SpringApplicationBuilder app(String name) {
        Supplier<SpringApplicationBuilder> app = APPS.get(name);
        if (app == null) {
            throw new IllegalArgumentException("first argument: '" + name + "' (expected: one of " + String.join(", ", APPS.keySet()) + ")");
        }
        return app.get();
    }
}
