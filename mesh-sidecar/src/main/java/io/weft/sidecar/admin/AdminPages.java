package io.weft.sidecar.admin;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.weft.sidecar.observe.prometheus.JvmMetrics;
import io.weft.sidecar.observe.prometheus.PrometheusText;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Path → page. */
final class AdminPages {
    private static final String JSON = "application/json";
    private static final String ACTUATOR = "application/vnd.spring-boot.actuator.v3+json";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final AdminView view;
    private final Gson gson = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    AdminPages(AdminView view) {
        this.view = view;
    }

    record Page(HttpResponseStatus status, String type, String body) {
        static Page of(HttpResponseStatus status, String text) {
            return new Page(status, TEXT, text + "\n");
        }
    }

    Page get(String path) {
        try {
            return switch (path) {
                case "/ready", "/healthz/ready" -> ready();
                case "/server_info", "/actuator/info" -> ok(JSON, gson.toJson(info()));
                case "/clusters" -> ok(TEXT, ClusterPage.text(view.clusters()));
                case "/listeners" -> ok(TEXT, listeners());
                case "/config_dump" -> ok(JSON, ConfigDump.json(view));
                case "/stats/prometheus", "/actuator/prometheus" -> ok(PrometheusText.CONTENT_TYPE, metrics());
                case "/actuator/health" -> health("readinessState", "livenessState");
                case "/actuator/health/readiness" -> health("readinessState");
                case "/actuator/health/liveness" -> health("livenessState");
                case "/actuator" -> ok(ACTUATOR, gson.toJson(links()));
                case "/" -> ok(TEXT, "/config_dump /clusters /listeners /ready /server_info /stats/prometheus "
                        + "/actuator /actuator/health /actuator/health/liveness /actuator/health/readiness /actuator/info /actuator/prometheus\n");
                default -> Page.of(HttpResponseStatus.NOT_FOUND, "no such page: see /");
            };
        } catch (InvalidProtocolBufferException e) {
            return Page.of(HttpResponseStatus.INTERNAL_SERVER_ERROR, "the configuration cannot be shown as JSON: " + e.getMessage());
        }
    }

    /** As Spring Boot's own list of endpoints, so that what reads that one reads this. */
    private static Map<String, Object> links() {
        Map<String, Object> links = new LinkedHashMap<>();
        links.put("self", link("/actuator"));
        for (String endpoint : List.of("health", "info", "prometheus")) {
            links.put(endpoint, link("/actuator/" + endpoint));
        }
        links.put("health-path", Map.of("href", "/actuator/health/{*path}", "templated", true));
        return Map.of("_links", links);
    }

    private static Map<String, Object> link(String path) {
        return Map.of("href", path, "templated", false);
    }

    private static Page ok(String type, String body) {
        return new Page(HttpResponseStatus.OK, type, body);
    }

    /** Envoy's words. */
    private Page ready() {
        if (view.draining()) {
            return Page.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "DRAINING");
        }
        String missing = view.notReady();
        return missing.isEmpty()
                ? Page.of(HttpResponseStatus.OK, "LIVE")
                : Page.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "INITIALIZING: waiting for " + missing);
    }

    private Page health(String... components) {
        String missing = view.notReady();
        boolean ready = missing.isEmpty() && !view.draining();
        boolean up = true;
        Map<String, Object> details = new LinkedHashMap<>();
        for (String component : components) {
            boolean readiness = component.equals("readinessState");
            String status = !readiness ? "UP" : ready ? "UP" : "OUT_OF_SERVICE";
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("status", status);
            if (readiness && !ready) {
                entry.put("details", Map.of("waitingFor", view.draining() ? "the end" : missing));
                up = false;
            }
            details.put(component, entry);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("status", up ? "UP" : "OUT_OF_SERVICE");
        body.put("components", details);
        return new Page(
                up ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
                "application/vnd.spring-boot.actuator.v3+json",
                gson.toJson(body));
    }

    private Map<String, Object> info() {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("state", view.draining() ? "DRAINING" : view.notReady().isEmpty() ? "LIVE" : "INITIALIZING");
        info.put("uptime_seconds", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
        info.put("java", Runtime.version().toString());
        info.putAll(view.info());
        return info;
    }

    private String listeners() {
        StringBuilder text = new StringBuilder();
        view.listeners().forEach((name, address) -> text.append(name)
                .append("::")
                .append(address.getAddress().getHostAddress())
                .append(':')
                .append(address.getPort())
                .append('\n'));
        return text.toString();
    }

    private String metrics() {
        PrometheusText text = new PrometheusText().engine(view.metrics());
        text.gauge("envoy_server_live", view.draining() ? 0 : 1);
        text.gauge("weft_ready", view.notReady().isEmpty() && !view.draining() ? 1 : 0);
        JvmMetrics.write(text);
        return text.toString();
    }
}
