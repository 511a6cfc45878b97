package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One request for a page is one trace: gateway, sidecars and apps, each below who called it. */
class TraceIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Mesh mesh = Mesh.shared();

    @Test
    void onePageIsOneTraceWithParentsRight() {
        try (Applied rules = mesh.apply(
                "bookinfo/networking/destination-rule-all.yaml", "bookinfo/networking/virtual-service-reviews-v3.yaml")) {
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() ->
                    assertThat(Http.get(mesh.ingress("/productpage")).body()).contains("reviews-v3-"));
            String mark = UUID.randomUUID().toString();
            assertThat(Http.get(mesh.ingress("/productpage?mark=" + mark)).statusCode()).isEqualTo(200);

            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                Trace trace = Trace.of(spans(traceOf(mark)));
                assertThat(trace.roots()).as("roots of %s", trace).hasSize(1);
                assertThat(trace.orphans()).as("spans whose parent is not in the trace").isEmpty();
                // From the furthest app back to the edge, who called whom.
                assertThat(trace.wayTo("ratings.default", "SERVER"))
                        .containsExactly(
                                "istio-ingressgateway.istio-system SERVER",
                                "productpage.default SERVER",
                                "productpage.default SERVER",
                                "productpage.default CLIENT",
                                "productpage.default CLIENT",
                                "reviews.default SERVER",
                                "reviews.default SERVER",
                                "reviews.default CLIENT",
                                "reviews.default CLIENT",
                                "ratings.default SERVER",
                                "ratings.default SERVER");
                assertThat(trace.wayTo("details.default", "SERVER"))
                        .containsExactly(
                                "istio-ingressgateway.istio-system SERVER",
                                "productpage.default SERVER",
                                "productpage.default SERVER",
                                "productpage.default CLIENT",
                                "productpage.default CLIENT",
                                "details.default SERVER",
                                "details.default SERVER");
            });
        }
    }

    @Test
    void aCallerThatDecidedAgainstATraceIsObeyed() {
        String trace = "00000000000000" + UUID.randomUUID().toString().replace("-", "").substring(0, 18);
        String mark = UUID.randomUUID().toString();
        Http.get(mesh.ingress("/productpage?mark=" + mark), "traceparent", "00-" + trace + "-00f067aa0ba902b7-00");

        // Its log says that it was there, and names the trace; spans there are none, then or later.
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(traceOf(mark)).isEqualTo(trace));
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(30))
                .until(() -> Http.get(mesh.telemetry("/weft/v1/traces/" + trace)).statusCode() == 404);
    }

    /** The id of the trace in whose first request the mark is. */
    private String traceOf(String mark) {
        JsonNode items = JSON.readTree(Http.get(mesh.telemetry("/weft/v1/logs?path=" + mark)).body()).path("items");
        assertThat(items).as("log lines with %s", mark).isNotEmpty();
        return items.get(0).path("traceId").asString();
    }

    private JsonNode spans(String trace) {
        return JSON.readTree(Http.get(mesh.telemetry("/weft/v1/traces/" + trace)).body()).path("spans");
    }

    private record Span(String id, String parent, String service, String kind) {
        @Override
        public String toString() {
            return service + " " + kind;
        }
    }

    private record Trace(Map<String, Span> spans) {

        static Trace of(JsonNode items) {
            Map<String, Span> spans = new HashMap<>();
            for (JsonNode item : items) {
                JsonNode parent = item.path("parentId");
                Span span = new Span(
                        item.path("spanId").asString(),
                        parent.isNull() ? "" : parent.asString(),
                        item.path("service").asString(),
                        item.path("kind").asString());
                spans.put(span.id(), span);
            }
            return new Trace(spans);
        }

        List<Span> roots() {
            return spans.values().stream().filter(span -> span.parent().isEmpty()).toList();
        }

        List<Span> orphans() {
            return spans.values().stream()
                    .filter(span -> !span.parent().isEmpty() && !spans.containsKey(span.parent()))
                    .toList();
        }

        /** The longest chain from the root to a span of this service and kind. */
        List<String> wayTo(String service, String kind) {
            List<String> longest = List.of();
            for (Span span : spans.values()) {
                if (span.service().equals(service) && span.kind().equals(kind)) {
                    List<String> way = new ArrayList<>();
                    for (Span at = span; at != null && way.size() <= spans.size(); at = spans.get(at.parent())) {
                        way.add(0, at.toString());
                    }
                    longest = way.size() > longest.size() ? way : longest;
                }
            }
            return longest;
        }
    }
}
