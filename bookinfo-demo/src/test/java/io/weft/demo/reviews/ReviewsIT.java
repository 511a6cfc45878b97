package io.weft.demo.reviews;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.app.ForwardProxy;
import io.weft.demo.app.ForwardProxy.Seen;
import io.weft.demo.app.RunningApp;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

class ReviewsIT {

    private static final String RATINGS = "{\"id\":0,\"ratings\":{\"Reviewer1\":5,\"Reviewer2\":4}}";

    @TempDir
    Path folder;

    @Test
    void v1_hasNoStarsAndAsksNobody() {
        try (ForwardProxy proxy = ForwardProxy.answering((seen, response) -> ForwardProxy.json(response, RATINGS));
                RunningApp app = start(proxy.address(), "--weft.app.instance=reviews-v1-abcde")) {
            JsonNode page = app.json("/reviews/0");
            assertThat(page.get("id").asString()).isEqualTo("0");
            assertThat(page.get("podname").asString()).isEqualTo("reviews-v1-abcde");
            assertThat(page.has("clustername")).isTrue();
            assertThat(page.get("reviews")).hasSize(2);
            assertThat(page.at("/reviews/0").has("rating")).isFalse();
            assertThat(proxy.seen()).isEmpty();
        }
    }

    @Test
    void v3_asksRatingsThroughTheSidecarAndColoursTheStars() {
        try (ForwardProxy proxy = ForwardProxy.answering((seen, response) -> ForwardProxy.json(response, RATINGS));
                RunningApp app = start(proxy.address(), "--weft.reviews.ratings-enabled=true", "--weft.reviews.star-color=red")) {
            JsonNode page = app.json(
                    "/reviews/0",
                    "end-user", "jason",
                    "x-request-id", "r1",
                    "x-b3-traceid", "463ac35c9f6413ad",
                    "x-datadog-trace-id", "7",
                    "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "cookie", "session=secret",
                    "authorization", "Bearer secret");
            assertThat(page.at("/reviews/0/rating").toString()).isEqualTo("{\"stars\":5,\"color\":\"red\"}");
            assertThat(page.at("/reviews/1/rating/stars").asInt()).isEqualTo(4);
            Seen call = proxy.seen().get(0);
            assertThat(call.method()).isEqualTo("GET");
            assertThat(call.target()).isEqualTo("/ratings/0");
            assertThat(call.host()).isEqualTo("ratings:9080");
            assertThat(call.headers().get("end-user")).isEqualTo("jason");
            assertThat(call.headers().get("x-request-id")).isEqualTo("r1");
            assertThat(call.headers().get("x-b3-traceid")).isEqualTo("463ac35c9f6413ad");
            assertThat(call.headers().get("x-datadog-trace-id")).isEqualTo("7");
            // The same trace, as decided by whoever began it, and a span of this app's own between.
            assertThat(call.headers().get("traceparent"))
                    .matches("00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01")
                    .doesNotContain("b7ad6b7169203331");
            assertThat(call.headers().contains("cookie")).isFalse();
            assertThat(call.headers().contains("authorization")).isFalse();
        }
    }

    @Test
    void withoutRatingsTheReviewsStay() {
        try (ForwardProxy proxy = ForwardProxy.answering((seen, response) -> response.status(503).send());
                RunningApp app = start(proxy.address(), "--weft.reviews.ratings-enabled=true")) {
            assertThat(app.json("/reviews/0").at("/reviews/0/rating").toString())
                    .isEqualTo("{\"error\":\"Ratings service is currently unavailable\"}");
        }
    }

    @Test
    void ratingsThatTakeTooLongAreGivenUp() {
        try (ForwardProxy proxy = ForwardProxy.answering((seen, response) -> Mono.never());
                RunningApp app =
                        start(proxy.address(), "--weft.reviews.ratings-enabled=true", "--weft.reviews.ratings-timeout=200ms")) {
            assertThat(app.json("/reviews/0").at("/reviews/0/rating").has("error")).isTrue();
        }
    }

    @Test
    void theSidecarMayStartAfterItsApp() throws Exception {
        Path file = folder.resolve("proxy-address");
        try (ForwardProxy proxy = ForwardProxy.answering((seen, response) -> ForwardProxy.json(response, RATINGS));
                RunningApp app = RunningApp.start(
                        ReviewsApplication.builder(),
                        "--weft.reviews.ratings-enabled=true",
                        "--weft.app.http-proxy-file=" + file)) {
            assertThat(app.json("/reviews/0").at("/reviews/0/rating").has("error")).isTrue();
            Files.writeString(file, proxy.address() + "\n");
            assertThat(app.json("/reviews/0").at("/reviews/0/rating/stars").asInt()).isEqualTo(5);
            assertThat(app.json("/reviews/0").at("/reviews/0/rating/color").asString()).isEqualTo("black");
        }
    }

    @Test
    void aSidecarThatMovedIsFoundAgain() throws Exception {
        Path file = folder.resolve("proxy-address");
        ForwardProxy first = ForwardProxy.answering((seen, response) -> ForwardProxy.json(response, RATINGS));
        try (ForwardProxy second = ForwardProxy.answering((seen, response) -> ForwardProxy.json(response, RATINGS));
                RunningApp app = RunningApp.start(
                        ReviewsApplication.builder(),
                        "--weft.reviews.ratings-enabled=true",
                        "--weft.app.http-proxy-file=" + file)) {
            Files.writeString(file, first.address());
            assertThat(app.json("/reviews/0").at("/reviews/0/rating").has("stars")).isTrue();
            first.close();
            Files.writeString(file, second.address());
            app.get("/reviews/0");
            app.get("/reviews/0");
            assertThat(app.json("/reviews/0").at("/reviews/0/rating").has("stars")).isTrue();
            assertThat(second.seen()).isNotEmpty();
        }
    }

    @Test
    void anIdThatIsNoNumberIsRefused() {
        try (RunningApp app = start("127.0.0.1:1")) {
            assertThat(app.get("/reviews/x%2f..").statusCode()).isEqualTo(400);
            assertThat(app.get("/health").statusCode()).isEqualTo(200);
        }
    }

    private static RunningApp start(String proxy, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "--weft.app.http-proxy=" + proxy;
        System.arraycopy(args, 0, all, 1, args.length);
        return RunningApp.start(ReviewsApplication.builder(), all);
    }
}
