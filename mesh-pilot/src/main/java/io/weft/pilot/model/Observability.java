package io.weft.pilot.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What proxies report, and where to, as far as nobody's Telemetry object says otherwise.
 *
 * @param collector where mesh-telemetry takes access logs and spans; null: nobody does
 * @param accessLog what proxies write themselves
 * @param sampling  share of the requests without a trace that begin one; percent
 */
public record Observability(@Nullable Collector collector, AccessLogFile accessLog, double sampling) {

    public static final double DEFAULT_SAMPLING = 1;
    public static final Observability NONE = new Observability(null, AccessLogFile.NONE, DEFAULT_SAMPLING);

    /** The service account whose certificate the collector shows; it lives in the root namespace. */
    public static final String COLLECTOR = "mesh-telemetry";

    /** The collector's own port number in names of clusters, whatever port it has bound. */
    public static final int COLLECTOR_PORT = 15019;

    /** mesh-telemetry's gRPC port with mesh TLS. */
    public record Collector(String host, int port) {

        /**
         * Reads {@code host:port} or {@code [IPv6]:port}; null for an empty text.
         *
         * @throws IllegalArgumentException for anything else, without the property's name
         */
        public static @Nullable Collector parse(String address) {
            if (address.isEmpty()) {
                return null;
            }
            int colon = address.lastIndexOf(':');
            String host = colon < 0 ? "" : address.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            } else if (host.indexOf(':') >= 0) {
                host = "";
            }
            int port = port(address.substring(colon + 1));
            if (host.isEmpty() || port < 1) {
                throw new IllegalArgumentException(address + " (expected: host:port, or nothing)");
            }
            return new Collector(host, port);
        }

        private static int port(String digits) {
            boolean number = !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
            int port = number ? Integer.parseInt(digits) : 0;
            return port <= 65_535 ? port : 0;
        }
    }

    /**
     * An access log that each proxy writes to its own output.
     *
     * @param path {@code /dev/stdout}, {@code /dev/stderr}; empty: none is written by default
     * @param text Envoy's format string; null where lines are JSON
     * @param json key → format string; empty where lines are text
     */
    public record AccessLogFile(String path, @Nullable String text, Map<String, String> json) {

        public static final AccessLogFile NONE = new AccessLogFile("", AccessLogFormats.TEXT, Map.of());

        public AccessLogFile {
            json = Map.copyOf(json);
        }
    }
}
