package io.weft.demo.launcher;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The table at the end: what runs where, and lines to copy. */
final class Summary {

    private static final int COLUMN = 22;

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

    void print(Consumer<String> out, long startNanos) {
        out.accept("");
        out.accept(column("part") + "where");
        for (Part part : parts) {
            out.accept(column(part.name()) + String.join("  ·  ", part.what()));
        }
        out.accept(column("config") + settings.configDir());
        int http = settings.port(LauncherSettings.INGRESS_HTTP);
        int https = settings.port(LauncherSettings.INGRESS_HTTPS);
        int pilot = settings.port(LauncherSettings.PILOT_HTTP);
        out.accept("");
        out.accept("To try:");
        out.accept("  open http://localhost:" + http + "/productpage");
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
