package io.weft.demo.launcher;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The table at the end: what runs where, and lines to copy. */
final class Summary {

    /** Ends the name of a sidecar, which begins with its workload's. */
    static final String SIDECAR = " sidecar";

    private static final int COLUMN = 24;

    private final LauncherSettings settings;
    private final List<Part> parts;

    Summary(LauncherSettings settings, List<Part> parts) {
        this.settings = settings;
        this.parts = parts;
    }

    static String column(String text) {
        return text + " ".repeat(Math.max(0, COLUMN - text.length()));
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }

    /** As they are thought of, not as they happened to start: each sidecar below its app. */
    private Stream<Part> inOrder() {
        List<String> order = new ArrayList<>();
        Workload.ALL.forEach(workload -> {
            order.add(workload.name());
            order.add(workload.name() + SIDECAR);
        });
        // What is not in the list comes first: the parts of the mesh itself.
        return parts.stream().sorted(Comparator.comparingInt(part -> order.indexOf(part.name())));
    }

    private static String label(String name) {
        return name.endsWith(SIDECAR) ? " " + SIDECAR : name;
    }

    void print(Consumer<String> out, long startNanos) {
        out.accept("");
        out.accept(column("part") + "where");
        inOrder().forEach(part -> out.accept(column(label(part.name())) + String.join("  ·  ", part.what())));
        out.accept(column("config") + settings.configDir());
        int http = settings.port(LauncherSettings.INGRESS_HTTP);
        int https = settings.port(LauncherSettings.INGRESS_HTTPS);
        int pilot = settings.port(LauncherSettings.PILOT_HTTP);
        out.accept("");
        out.accept("To try:");
        out.accept("  open http://localhost:" + http + "/productpage");
        out.accept("  open http://localhost:" + settings.port(LauncherSettings.TELEMETRY_HTTP) + "/    # who calls whom, traces, logs");
        out.accept("  curl -H 'Host: httpbin.example.com' localhost:" + http + "/headers");
        out.accept("  curl -i -H 'Host: httpbin.example.com' localhost:" + http + "/delay/5        # 504 after 3 s");
        out.accept("  curl -k --resolve httpbin.example.com:" + https + ":127.0.0.1 https://httpbin.example.com:" + https + "/get");
        out.accept("  curl -x $(cat " + settings.run("productpage-v1").resolve("proxy-address")
                + ") http://httpbin.external.example/get    # out through the egress gateway");
        out.accept("  cp k8s/bookinfo/networking/{destination-rule-all,virtual-service-all-v1}.yaml " + settings.configDir()
                + "/    # everybody sees v1");
        out.accept("  curl localhost:" + pilot + "/weft/v1/proxies");
        out.accept("");
        out.accept("Weft is ready (" + seconds(startNanos) + "). Ctrl-C stops it.");
    }
}
