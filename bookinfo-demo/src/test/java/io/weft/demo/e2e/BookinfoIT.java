package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Demo 2: Bookinfo with the reference mesh's own YAML. */
class BookinfoIT {

    private static final Pattern INSTANCE = Pattern.compile("reviews-(v[123])-[a-z0-9]+");

    private final Mesh mesh = Mesh.shared();

    @Test
    void productpageIsServedAtAnyHost() {
        HttpResponse<String> page = Http.get(mesh.ingress("/productpage"), "Host", "books.example.org");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("content-type")).hasValueSatisfying(type -> assertThat(type)
                .startsWith("text/html"));
        assertThat(page.body()).contains("Comedy of Errors").containsPattern(INSTANCE);
    }

    @Test
    void withoutARuleAllThreeVersionsAnswer() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(versions(30, anonymous()))
                .containsOnlyKeys("v1", "v2", "v3"));
    }

    @Test
    void allToOneVersion() {
        try (Applied rules = mesh.apply(
                "bookinfo/networking/destination-rule-all.yaml", "bookinfo/networking/virtual-service-all-v1.yaml")) {
            settles(anonymous(), versions -> versions.keySet().equals(Set.of("v1")));
            assertThat(versions(40, anonymous())).containsOnlyKeys("v1");
        }
    }

    @Test
    void byIdentity_jasonSeesV2_everybodyElseV1() {
        try (Applied rules = mesh.apply(
                "bookinfo/networking/destination-rule-all.yaml",
                "bookinfo/networking/virtual-service-all-v1.yaml",
                "bookinfo/networking/virtual-service-reviews-test-v2.yaml")) {
            HttpClient jason = loggedIn("jason");
            HttpClient anna = loggedIn("anna");
            settles(jason, versions -> versions.keySet().equals(Set.of("v2")));
            settles(anonymous(), versions -> versions.keySet().equals(Set.of("v1")));

            assertThat(versions(20, jason)).containsOnlyKeys("v2");
            assertThat(versions(20, anna)).containsOnlyKeys("v1");
            assertThat(versions(20, anonymous())).containsOnlyKeys("v1");
        }
    }

    @Test
    void byTheCallersWorkload() {
        try (Applied rules = mesh.apply(
                "bookinfo/networking/destination-rule-all.yaml",
                "bookinfo/networking/virtual-service-reviews-source-labels.yaml")) {
            HttpClient fromRatings = Http.through(mesh.proxyPort("ratings-v1"));
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
                assertThat(versions(10, anonymous())).containsOnlyKeys("v3");
                assertThat(reviewsVersion(fromRatings)).isEqualTo("v1");
            });
            for (int i = 0; i < 10; i++) {
                assertThat(reviewsVersion(fromRatings)).isEqualTo("v1");
            }
        }
    }

    @Test
    void fiftyFifty() {
        try (Applied rules = mesh.apply(
                "bookinfo/networking/destination-rule-all.yaml",
                "bookinfo/networking/virtual-service-reviews-50-v3.yaml")) {
            settles(anonymous(), versions -> versions.keySet().equals(Set.of("v1", "v3")));

            Map<String, Integer> versions = versions(400, anonymous());

            // Four standard deviations of 400 fair draws: 4 * sqrt(400 / 4) = 40.
            assertThat(versions).containsOnlyKeys("v1", "v3");
            assertThat(versions.get("v3")).isBetween(160, 240);
        }
    }

    @Test
    void aDelayFaultSlowsJasonOnly() {
        try (Applied rules = mesh.apply(
                "bookinfo/networking/destination-rule-all.yaml",
                "bookinfo/networking/virtual-service-all-v1.yaml",
                "bookinfo/networking/virtual-service-reviews-test-v2.yaml",
                "bookinfo/networking/virtual-service-ratings-test-delay.yaml")) {
            HttpClient ratings = Http.through(mesh.proxyPort("reviews-v2"));
            await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> assertThat(
                            seconds(() -> Http.send(ratings, "GET", "http://ratings:9080/ratings/0", "", "end-user", "jason")))
                    .isBetween(6.5, 9.0));
            assertThat(seconds(() -> Http.send(ratings, "GET", "http://ratings:9080/ratings/0", "", "end-user", "anna")))
                    .isLessThan(5.0);
        }
    }

    @Test
    void anAbortFaultHitsJasonOnly() {
        try (Applied rules = mesh.apply(
                "bookinfo/networking/destination-rule-all.yaml",
                "bookinfo/networking/virtual-service-all-v1.yaml",
                "bookinfo/networking/virtual-service-reviews-test-v2.yaml",
                "bookinfo/networking/virtual-service-ratings-test-abort.yaml")) {
            HttpClient ratings = Http.through(mesh.proxyPort("reviews-v2"));
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(
                            Http.send(ratings, "GET", "http://ratings:9080/ratings/0", "", "end-user", "jason").statusCode())
                    .isEqualTo(500));
            assertThat(Http.send(ratings, "GET", "http://ratings:9080/ratings/0", "").statusCode()).isEqualTo(200);
            HttpClient jason = loggedIn("jason");
            settles(jason, versions -> versions.keySet().equals(Set.of("v2")));
            assertThat(page(jason)).contains("atings").contains("unavailable");
        }
    }

    private HttpClient anonymous() {
        return Http.client(HttpClient.newBuilder());
    }

    private HttpClient loggedIn(String user) {
        HttpClient client = Http.client(HttpClient.newBuilder().cookieHandler(new CookieManager()));
        HttpResponse<String> answer = Http.send(
                client,
                "POST",
                mesh.ingress("/login"),
                "username=" + user + "&passwd=secret",
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(answer.statusCode()).isIn(302, 303);
        assertThat(page(client)).contains(user);
        return client;
    }

    private String page(HttpClient client) {
        HttpResponse<String> page = Http.send(client, "GET", mesh.ingress("/productpage"), "");
        assertThat(page.statusCode()).isEqualTo(200);
        return page.body();
    }

    private Map<String, Integer> versions(int calls, HttpClient client) {
        Map<String, Integer> versions = new TreeMap<>();
        for (int i = 0; i < calls; i++) {
            Matcher instance = INSTANCE.matcher(page(client));
            versions.merge(instance.find() ? instance.group(1) : "none", 1, Integer::sum);
        }
        return versions;
    }

    private static String reviewsVersion(HttpClient workload) {
        HttpResponse<String> answer = Http.send(workload, "GET", "http://reviews:9080/reviews/0", "");
        Matcher instance = INSTANCE.matcher(answer.body());
        assertThat(instance.find()).as("an instance in %s %s", answer.statusCode(), answer.body()).isTrue();
        return instance.group(1);
    }

    private void settles(HttpClient client, Predicate<Map<String, Integer>> wanted) {
        await().atMost(Duration.ofSeconds(20)).until(() -> wanted.test(versions(8, client)));
    }

    private static double seconds(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return (System.nanoTime() - start) / 1e9;
    }
}
