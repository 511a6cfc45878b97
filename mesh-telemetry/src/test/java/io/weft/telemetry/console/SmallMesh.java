package io.weft.telemetry.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** What mesh-telemetry asks for: mesh-pilot's pages, and a page of metrics that grow as under steady traffic. */
final class SmallMesh implements AutoCloseable {

    /** A name that would be an element if anybody made markup of it. */
    static final String HOSTILE = "<img src=x onerror=alert(1)>";

    private static final String LATENCY = "istio_request_duration_milliseconds";

    /** One edge: who calls whom, how often a second, with which answer. */
    private record Edge(String source, String target, String service, String code, double rate, boolean mtls) {}

    private static final List<Edge> EDGES = List.of(
            new Edge("unknown", "istio-ingressgateway", "istio-ingressgateway.istio-system.svc.cluster.local", "200", 12, false),
            new Edge("istio-ingressgateway", "productpage-v1", "productpage.default.svc.cluster.local", "200", 12, true),
            new Edge("productpage-v1", "details-v1", "details.default.svc.cluster.local", "200", 12, true),
            new Edge("productpage-v1", "reviews-v1", "reviews.default.svc.cluster.local", "200", 6, true),
            new Edge("productpage-v1", "reviews-v2", "reviews.default.svc.cluster.local", "200", 3, true),
            new Edge("productpage-v1", "reviews-v2", "reviews.default.svc.cluster.local", "503", 3, true),
            new Edge("productpage-v1", HOSTILE, "legacy.default.svc.cluster.local", "200", 1, false));

    private final HttpServer server;
    private final long began = System.nanoTime();
    private volatile boolean away;

    SmallMesh() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
        server.createContext("/weft/v1/targets", exchange -> answer(exchange, targets()));
        server.createContext("/weft/v1/proxies", exchange -> answer(exchange, proxies()));
        server.createContext("/stats/prometheus", exchange -> answer(exchange, metrics()));
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** mesh-pilot answers nothing but 503 from now on. */
    void pilotGoes() {
        away = true;
    }

    void pilotComesBack() {
        away = false;
    }

    private String targets() {
        return "[{\"targets\": [\"127.0.0.1:" + server.getAddress().getPort()
                + "\"], \"labels\": {\"__metrics_path__\": \"/stats/prometheus\", \"workload\": \"everything\", \"namespace\": \"default\"}}]";
    }

    private static String proxies() {
        return "[" + String.join(",",
                proxy("productpage-v1", "sidecar", "healthy", ChronoUnit.DAYS.getDuration().toMinutes(), null),
                proxy("reviews-v2", "sidecar", "healthy", 20, "outbound_9080: route 3: regex " + HOSTILE),
                proxy("istio-ingressgateway", "router", null, 700, null)) + "]";
    }

    private static String proxy(String workload, String type, String health, long minutesLeft, String nack) {
        String refusal = nack == null ? "null" : "{\"reason\": \"" + nack + "\", \"time\": \"" + Instant.now().minusSeconds(60) + "\"}";
        return """
                {"id": "%s~127.0.0.1~%s.default~default.svc.cluster.local", "identity": "spiffe://cluster.local/ns/default/sa/%s", "type": "%s",
                 "namespace": "default", "workload": "%s", "connectedSince": "%s", "address": "127.0.0.1:5", "protocol": "delta",
                 "registration": null, "health": %s, "certificateExpires": "%s", "resources": [
                  {"typeUrl": "type.googleapis.com/envoy.config.cluster.v3.Cluster", "status": "SYNCED", "versionSent": "v7", "versionAcked": "v7", "sentAt": "%s", "nack": null},
                  {"typeUrl": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", "status": "%s", "versionSent": "v7", "versionAcked": "%s", "sentAt": "%s", "nack": %s}]}
                """.formatted(type, workload, workload, type, workload, Instant.now().minusSeconds(3700), health == null ? "null" : "\"" + health + "\"",
                        Instant.now().plusSeconds(minutesLeft * 60 + 30), Instant.now(), nack == null ? "SYNCED" : "STALE", nack == null ? "v7" : "v6", Instant.now(), refusal);
    }

    private String metrics() {
        double seconds = (System.nanoTime() - began) / 1e9 + 1;
        StringBuilder page = new StringBuilder("# TYPE istio_requests_total counter\n");
        for (Edge edge : EDGES) {
            line(page, "istio_requests_total", labels(edge, "source"), edge.rate * seconds);
            line(page, "istio_requests_total", labels(edge, "destination"), edge.rate * seconds);
        }
        page.append("# TYPE ").append(LATENCY).append(" histogram\n");
        for (Edge edge : EDGES) {
            double all = edge.rate * seconds;
            String labels = labels(edge, "source");
            line(page, LATENCY + "_bucket", labels + ",le=\"5\"", all * 0.5);
            line(page, LATENCY + "_bucket", labels + ",le=\"25\"", all * 0.95);
            line(page, LATENCY + "_bucket", labels + ",le=\"100\"", all);
            line(page, LATENCY + "_bucket", labels + ",le=\"+Inf\"", all);
            line(page, LATENCY + "_sum", labels, all * 9);
            line(page, LATENCY + "_count", labels, all);
        }
        return page.toString();
    }

    private static void line(StringBuilder page, String name, String labels, double value) {
        page.append(name).append('{').append(labels).append("} ").append(String.format(Locale.ROOT, "%.3f", value)).append('\n');
    }

    private static String labels(Edge edge, String reporter) {
        return "reporter=\"%s\",%s,%s,destination_service=\"%s\",destination_service_namespace=\"default\",request_protocol=\"http\",response_code=\"%s\",connection_security_policy=\"%s\""
                .formatted(reporter, end("source", edge.source), end("destination", edge.target), edge.service, edge.code,
                        reporter.equals("source") ? "unknown" : edge.mtls ? "mutual_tls" : "none");
    }

    private static String end(String side, String workload) {
        int dash = workload.startsWith("istio-") ? -1 : workload.lastIndexOf("-v");
        String namespace = workload.startsWith("istio-") ? "istio-system" : workload.equals("unknown") ? "unknown" : "default";
        String app = dash < 0 ? workload : workload.substring(0, dash);
        return "%1$s_workload=\"%2$s\",%1$s_workload_namespace=\"%3$s\",%1$s_app=\"%4$s\",%1$s_version=\"%5$s\""
                .formatted(side, workload, namespace, app, dash < 0 ? "unknown" : workload.substring(dash + 1));
    }

    private void answer(HttpExchange exchange, String body) throws IOException {
        boolean refused = away && exchange.getRequestURI().getPath().equals("/weft/v1/proxies");
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", body.startsWith("[") ? "application/json" : "text/plain; version=0.0.4");
        exchange.sendResponseHeaders(refused ? 503 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
