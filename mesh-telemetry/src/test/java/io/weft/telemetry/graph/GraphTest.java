package io.weft.telemetry.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.telemetry.store.Distribution;
import io.weft.telemetry.store.DropReason;
import io.weft.telemetry.store.GatewayNames;
import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import io.weft.telemetry.store.LabelSet;
import io.weft.telemetry.store.Page;
import io.weft.telemetry.store.Reading;
import io.weft.telemetry.store.StandardMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GraphTest {

    private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Intake intake = new Intake();
    private final GatewayNames gateways = new GatewayNames();
    private final EdgeHistory history = new EdgeHistory(Duration.ofMinutes(5), Duration.ofSeconds(5), 10, intake);

    GraphTest() {
        history.roundDone(START);
    }

    private static TreeMap<String, String> labels(String reporter, String source, String target, String code) {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put("reporter", reporter);
        labels.put("source_workload", source);
        labels.put("source_workload_namespace", source.equals("unknown") ? "unknown" : "default");
        labels.put("destination_workload", target);
        labels.put("destination_workload_namespace", target.equals("unknown") ? "unknown" : "default");
        labels.put("destination_service", "reviews.default.svc.cluster.local");
        labels.put("destination_version", "v1");
        labels.put("request_protocol", "http");
        labels.put("response_code", code);
        return labels;
    }

    private void grow(StandardMetric metric, Map<String, String> labels, Reading reading) {
        history.grown(new Page(Map.of(metric, Map.of(LabelSet.of(new TreeMap<>(labels)), reading)), null));
    }

    private void requests(String reporter, String source, String target, String code, double count) {
        grow(StandardMetric.ISTIO_REQUESTS_TOTAL, labels(reporter, source, target, code), new Reading.Count(count));
    }

    private Graph graph() {
        return Graph.of(history, gateways, MINUTE, null);
    }

    @Test
    void rates_areOverTheWindowThatThereIs() {
        requests("source", "a", "b", "200", 50);
        requests("source", "a", "b", "500", 50);
        history.roundDone(START.plusSeconds(10));

        Graph.Edge edge = graph().edges().get(0);
        assertThat(edge.rate()).isEqualTo(10);
        assertThat(edge.errorShare()).isEqualTo(0.5);
        assertThat(edge.codes()).containsEntry("200", 5.0).containsEntry("500", 5.0);
        assertThat(edge.mtls()).isNull();
        assertThat(edge.p50()).isNull();
        assertThat(graph().nodes()).hasSize(2).allMatch(node -> node.kind().equals("workload"));
    }

    @Test
    void whatWasBeforeTheWindow_isNotShown() {
        requests("source", "a", "b", "200", 600);
        history.roundDone(START.plusSeconds(30));
        history.roundDone(START.plusSeconds(60));
        requests("source", "a", "c", "200", 60);
        history.roundDone(START.plusSeconds(95));

        assertThat(graph().edges()).hasSize(1).first().satisfies(edge -> {
            assertThat(edge.target()).isEqualTo("c.default");
            assertThat(edge.rate()).as("60 in the 65 s since the frame before the window").isEqualTo(0.9231);
        });
    }

    @Test
    void theCallersWordCounts_theCalledOneTellsTheRest() {
        TreeMap<String, String> secured = labels("destination", "a", "b", "200");
        secured.put("connection_security_policy", "mutual_tls");
        requests("source", "a", "b", "200", 30);
        grow(StandardMetric.ISTIO_REQUESTS_TOTAL, secured, new Reading.Count(40));
        TreeMap<String, String> plain = labels("destination", "unknown", "b", "200");
        plain.put("connection_security_policy", "none");
        grow(StandardMetric.ISTIO_REQUESTS_TOTAL, plain, new Reading.Count(10));
        history.roundDone(START.plusSeconds(10));

        assertThat(graph().edges()).hasSize(2);
        Graph.Edge told = graph().edges().get(0);
        assertThat(told.source()).isEqualTo("a.default");
        assertThat(told.rate()).as("not seven").isEqualTo(3);
        assertThat(told.mtls()).isTrue();
        Graph.Edge other = graph().edges().get(1);
        assertThat(other.source()).isEqualTo("unknown");
        assertThat(other.rate()).isEqualTo(1);
        assertThat(other.mtls()).isFalse();
    }

    @Test
    void quantiles_areOfTheWindow() {
        TreeMap<String, String> labels = labels("source", "a", "b", "200");
        Distribution slow = new Distribution(new double[] {10, 100}, new double[] {0, 100}, 0, 100);
        Distribution fast = new Distribution(new double[] {10, 100}, new double[] {10, 10}, 0, 10);
        requests("source", "a", "b", "200", 100);
        grow(StandardMetric.ISTIO_REQUEST_DURATION_MILLISECONDS, labels, new Reading.Histogram(slow));
        history.roundDone(START.plusSeconds(1));
        requests("source", "a", "b", "200", 10);
        grow(StandardMetric.ISTIO_REQUEST_DURATION_MILLISECONDS, labels, new Reading.Histogram(fast));
        history.roundDone(START.plusSeconds(100));

        Graph.Edge edge = graph().edges().get(0);
        assertThat(edge.p50()).isEqualTo(5);
        assertThat(edge.p99()).isEqualTo(9.9);
    }

    @Test
    void kinds() {
        gateways.add("edge", "default");
        requests("source", "edge", "b", "200", 1);
        requests("source", "edge", "unknown", "503", 1);
        TreeMap<String, String> outside = labels("source", "edge", "unknown", "200");
        outside.put("destination_service", "httpbin.org");
        grow(StandardMetric.ISTIO_REQUESTS_TOTAL, outside, new Reading.Count(1));
        history.roundDone(START.plusSeconds(1));

        assertThat(graph().nodes())
                .extracting(node -> node.id() + " " + node.kind())
                .containsExactlyInAnyOrder(
                        "edge.default gateway",
                        "b.default workload",
                        "reviews.default.svc.cluster.local unknown",
                        "httpbin.org external");
    }

    @Test
    void grpcAndTcp() {
        TreeMap<String, String> grpc = labels("source", "a", "b", "200");
        grpc.put("request_protocol", "grpc");
        grpc.put("grpc_response_status", "14");
        grow(StandardMetric.ISTIO_REQUESTS_TOTAL, grpc, new Reading.Count(2));
        TreeMap<String, String> tcp = labels("source", "a", "db", "");
        grow(StandardMetric.ISTIO_TCP_CONNECTIONS_OPENED_TOTAL, tcp, new Reading.Count(4));
        grow(StandardMetric.ISTIO_TCP_SENT_BYTES_TOTAL, tcp, new Reading.Count(4000));
        history.roundDone(START.plusSeconds(2));

        assertThat(graph().edges().get(0).errorShare()).isEqualTo(1);
        assertThat(graph().edges().get(0).protocol()).isEqualTo("grpc");
        assertThat(graph().edges().get(1).protocol()).isEqualTo("tcp");
        assertThat(graph().edges().get(1).rate()).isEqualTo(2);
    }

    @Test
    void edgesBeyondTheLimit_areCountedAsDropped_andFramesAreBounded() {
        for (int i = 0; i < 50; i++) {
            requests("source", "a" + i, "b", "200", 1);
        }
        for (int i = 1; i < 500; i++) {
            history.roundDone(START.plusSeconds(5 * i));
        }
        requests("source", "a0", "b", "200", 5);
        history.roundDone(START.plusSeconds(2500));

        assertThat(intake.dropped(Kind.EDGE, DropReason.CAPACITY)).isEqualTo(40);
        assertThat(graph().edges()).hasSize(1);
        assertThat(Graph.of(history, gateways, Duration.ofHours(1), null).edges().get(0).rate())
                .as("no longer than five minutes are kept")
                .isEqualTo(Math.round(5 / 305.0 * 10_000) / 10_000.0);
    }

    @Test
    void newEdges_takeThePlaceOfThoseThatAreQuietForLonger() {
        for (int i = 0; i < 10; i++) {
            requests("source", "old" + i, "b", "200", 100);
        }
        for (int i = 1; i < 200; i++) {
            requests("source", "busy", "b", "200", 1);
            history.roundDone(START.plusSeconds(5 * i));
        }
        requests("source", "old0", "b", "200", 6);
        history.roundDone(START.plusSeconds(1000));

        assertThat(graph().edges()).extracting(Graph.Edge::source).containsExactly("busy.default", "old0.default");
        assertThat(graph().edges().get(1).rate()).as("what it had counted before is no news").isEqualTo(0.1);
        assertThat(intake.dropped(Kind.EDGE, DropReason.CAPACITY)).as("until there was room").isPositive().isLessThan(100);
    }

    @Test
    void aNamespace_takesBothEnds() {
        requests("source", "a", "b", "200", 1);
        history.roundDone(START.plusSeconds(1));

        assertThat(Graph.of(history, gateways, MINUTE, "default").edges()).hasSize(1);
        assertThat(Graph.of(history, gateways, MINUTE, "other").edges()).isEmpty();
        assertThat(Graph.of(history, gateways, MINUTE, "other").nodes()).isEmpty();
    }
}
