package io.weft.demo.productpage;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.app.ForwardProxy;
import io.weft.demo.app.ForwardProxy.Seen;
import io.weft.demo.app.RunningApp;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

class ProductpageIT {

    private static final String DETAILS =
            "{\"id\":0,\"author\":\"W. S.\",\"year\":1595,\"type\":\"paperback\",\"pages\":200,\"publisher\":\"P\","
                    + "\"language\":\"English\",\"ISBN-10\":\"0000000000\",\"ISBN-13\":\"9780000000002\"}";
    private static final String REVIEWS =
            "{\"id\":\"0\",\"podname\":\"reviews-v3-abcde\",\"clustername\":\"weft\",\"reviews\":["
                    + "{\"reviewer\":\"Reviewer1\",\"text\":\"<b>bold</b>\",\"rating\":{\"stars\":5,\"color\":\"red\"}},"
                    + "{\"reviewer\":\"Reviewer2\",\"text\":\"fine\",\"rating\":{\"stars\":4,\"color\":\"red\"}}]}";

    private volatile String reviews = REVIEWS;
    private volatile int reviewsStatus = 200;
    private volatile boolean reviewsSilent;
    private ForwardProxy proxy;
    private RunningApp app;

    @BeforeEach
    void start() {
        proxy = ForwardProxy.answering(this::answer);
        app = RunningApp.start(
                ProductpageApplication.builder(),
                "--weft.app.http-proxy=" + proxy.address(),
                "--weft.app.instance=productpage-v1-abcde",
                "--weft.productpage.timeout=2s");
    }

    @AfterEach
    void stop() {
        app.close();
        proxy.close();
    }

    private Publisher<Void> answer(Seen seen, HttpServerResponse response) {
        return switch (seen.host()) {
            case "details:9080" -> ForwardProxy.json(response, DETAILS);
            case "ratings:9080" -> ForwardProxy.json(response, "{\"id\":0,\"ratings\":{\"Reviewer1\":5}}");
            case "reviews:9080" -> reviewsSilent ? Mono.never() : ForwardProxy.json(response.status(reviewsStatus), reviews);
            default -> response.status(404).send();
        };
    }

    @Test
    void thePageShowsTheBookTheStarsAndWhoServedThem() {
        HttpResponse<String> page = app.get("/productpage");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
        assertThat(page.body())
                .contains("The Comedy of Errors", "W. S.", "9780000000002")
                .contains("stars-red", "★★★★★", "★★★★☆")
                .contains("Reviews served by: <code>reviews-v3-abcde</code>")
                .contains("productpage-v1-abcde")
                .contains("&lt;b&gt;bold&lt;/b&gt;")
                .doesNotContain("<b>bold</b>");
    }

    @Test
    void withoutRatingsThereAreNoStars() {
        reviews = REVIEWS.replace(",\"rating\":{\"stars\":5,\"color\":\"red\"}", "")
                .replace(",\"rating\":{\"stars\":4,\"color\":\"red\"}", "");
        assertThat(app.get("/productpage").body()).contains("fine").doesNotContain("★").doesNotContain("stars-");
    }

    @Test
    void ratingsThatAreUnavailableAreSaid() {
        reviews = REVIEWS.replace("{\"stars\":5,\"color\":\"red\"}", "{\"error\":\"Ratings service is currently unavailable\"}");
        assertThat(app.get("/productpage").body()).contains("Ratings service is currently unavailable", "★★★★☆");
    }

    @Test
    void reviewsThatFailAreASentenceNotAnError() {
        reviewsStatus = 503;
        HttpResponse<String> page = app.get("/productpage");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("Sorry, product reviews are currently unavailable for this book.")
                .contains("W. S.");
        HttpResponse<String> api = app.get("/api/v1/products/0/reviews");
        assertThat(api.statusCode()).isEqualTo(503);
        assertThat(api.body()).contains("Sorry, product reviews are currently unavailable for this book.");
    }

    @Test
    void reviewsThatAreSilentAreGivenUp() {
        reviewsSilent = true;
        assertThat(app.get("/productpage").body())
                .contains("Sorry, product reviews are currently unavailable for this book.");
        assertThat(app.get("/api/v1/products/0/reviews").statusCode()).isEqualTo(500);
    }

    @Test
    void whoLogsInIsNamedDownstreamUntilTheLogout() {
        HttpResponse<String> login =
                app.post("/login", "application/x-www-form-urlencoded", "username=jason&passwd=anything");
        assertThat(login.statusCode()).isEqualTo(302);
        assertThat(login.headers().firstValue("location")).contains("/productpage");
        String setCookie = login.headers().firstValue("set-cookie").orElseThrow();
        assertThat(setCookie).startsWith("session=").containsIgnoringCase("HttpOnly").contains("SameSite=Lax");
        String cookie = setCookie.substring(0, setCookie.indexOf(';'));

        proxy.seen().clear();
        assertThat(app.get("/productpage", "cookie", cookie).body()).contains(">jason</strong>");
        assertThat(proxy.seen()).hasSize(2).allSatisfy(seen -> {
            assertThat(seen.headers().get("end-user")).isEqualTo("jason");
            assertThat(seen.headers().contains("cookie")).isFalse();
        });

        assertThat(app.get("/logout", "cookie", cookie).statusCode()).isEqualTo(302);
        proxy.seen().clear();
        assertThat(app.get("/productpage", "cookie", cookie).body()).doesNotContain(">jason</strong>");
        assertThat(endUsers()).containsOnlyNulls();
    }

    @Test
    void anEndUserHeaderOfTheClientIsNotBelieved() {
        app.get("/productpage", "end-user", "jason", "x-request-id", "r1");
        assertThat(endUsers()).containsOnlyNulls();
        assertThat(proxy.seen()).allSatisfy(seen -> assertThat(seen.headers().get("x-request-id")).isEqualTo("r1"));
    }

    @Test
    void aNameThatCannotBeAHeaderIsRefused() {
        String form = "application/x-www-form-urlencoded";
        assertThat(app.post("/login", form, "username=a%0d%0aevil:1&passwd=").statusCode()).isEqualTo(400);
        assertThat(app.post("/login", form, "username=%C3%A9&passwd=").statusCode()).isEqualTo(400);
        assertThat(app.post("/login", form, "username=" + "x".repeat(65)).statusCode()).isEqualTo(400);
        assertThat(app.post("/login", form, "passwd=").statusCode()).isEqualTo(400);
    }

    @Test
    void theApiSpeaksJson() {
        assertThat(app.json("/api/v1/products").at("/0/title").asString()).isEqualTo("The Comedy of Errors");
        assertThat(app.json("/api/v1/products/0").get("author").asString()).isEqualTo("W. S.");
        assertThat(app.json("/api/v1/products/0").get("ISBN-13").asString()).isEqualTo("9780000000002");
        JsonNode stars = app.json("/api/v1/products/0/reviews").at("/reviews/0/rating");
        assertThat(stars.toString()).isEqualTo("{\"stars\":5,\"color\":\"red\"}");
        assertThat(app.json("/api/v1/products/0/ratings").at("/ratings/Reviewer1").asInt()).isEqualTo(5);
        assertThat(app.get("/api/v1/products/9").statusCode()).isEqualTo(404);
        assertThat(app.get("/api/v1/products/x").statusCode()).isEqualTo(400);
    }

    @Test
    void thePageBringsItsStylesWithIt() {
        assertThat(app.get("/").body()).contains("/productpage");
        assertThat(app.get("/static/bookinfo.css").headers().firstValue("content-type").orElseThrow()).startsWith("text/css");
        assertThat(app.get("/static/weft.svg").statusCode()).isEqualTo(200);
        assertThat(app.get("/static/../templates/index.html").statusCode()).isIn(400, 404);
        assertThat(app.get("/health").statusCode()).isEqualTo(200);
        assertThat(app.get("/productpage").body()).doesNotContain("https://").doesNotContain("src=\"http");
    }

    private List<String> endUsers() {
        return proxy.seen().stream().map(seen -> seen.headers().get("end-user")).toList();
    }
}
