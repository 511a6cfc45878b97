package io.weft.pilot.model;

import java.util.Map;
import java.util.Set;

/** The reference mesh's formats, and what a format may say. */
public final class AccessLogFormats {

    /** As existing parsers expect it. */
    public static final String TEXT = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" "
            + "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "
            + "\"%UPSTREAM_TRANSPORT_FAILURE_REASON%\" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
            + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" \"%REQ(X-REQUEST-ID)%\" "
            + "\"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% "
            + "%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n";

    /** The same, one key each. */
    public static final Map<String, String> JSON = Map.ofEntries(
            Map.entry("start_time", "%START_TIME%"),
            Map.entry("method", "%REQ(:METHOD)%"),
            Map.entry("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
            Map.entry("protocol", "%PROTOCOL%"),
            Map.entry("response_code", "%RESPONSE_CODE%"),
            Map.entry("response_flags", "%RESPONSE_FLAGS%"),
            Map.entry("response_code_details", "%RESPONSE_CODE_DETAILS%"),
            Map.entry("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%"),
            Map.entry("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"),
            Map.entry("bytes_received", "%BYTES_RECEIVED%"),
            Map.entry("bytes_sent", "%BYTES_SENT%"),
            Map.entry("duration", "%DURATION%"),
            Map.entry("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"),
            Map.entry("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"),
            Map.entry("user_agent", "%REQ(USER-AGENT)%"),
            Map.entry("request_id", "%REQ(X-REQUEST-ID)%"),
            Map.entry("authority", "%REQ(:AUTHORITY)%"),
            Map.entry("upstream_host", "%UPSTREAM_HOST%"),
            Map.entry("upstream_cluster", "%UPSTREAM_CLUSTER_RAW%"),
            Map.entry("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"),
            Map.entry("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"),
            Map.entry("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"),
            Map.entry("requested_server_name", "%REQUESTED_SERVER_NAME%"),
            Map.entry("route_name", "%ROUTE_NAME%"));

    /** What Weft's proxies and Envoy both know; a proxy refuses the listeners of a format with another. */
    private static final Set<String> COMMANDS = Set.of(
            "REQ",
            "RESP",
            "START_TIME",
            "PROTOCOL",
            "RESPONSE_CODE",
            "RESPONSE_FLAGS",
            "RESPONSE_CODE_DETAILS",
            "CONNECTION_TERMINATION_DETAILS",
            "UPSTREAM_TRANSPORT_FAILURE_REASON",
            "BYTES_RECEIVED",
            "BYTES_SENT",
            "DURATION",
            "RESPONSE_DURATION",
            "UPSTREAM_HOST",
            "UPSTREAM_CLUSTER",
            "UPSTREAM_CLUSTER_RAW",
            "UPSTREAM_LOCAL_ADDRESS",
            "UPSTREAM_REQUEST_ATTEMPT_COUNT",
            "DOWNSTREAM_LOCAL_ADDRESS",
            "DOWNSTREAM_REMOTE_ADDRESS",
            "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
            "REQUESTED_SERVER_NAME",
            "DOWNSTREAM_PEER_URI_SAN",
            "ROUTE_NAME");

    private static final Set<String> WITH_ARGUMENT = Set.of("REQ", "RESP");

    private AccessLogFormats() {}

    /** @throws IllegalArgumentException saying which command no proxy would take */
    public static void check(String format) {
        int at = 0;
        while (at < format.length()) {
            int open = format.indexOf('%', at);
            if (open < 0) {
                return;
            }
            if (format.startsWith("%%", open)) {
                at = open + 2;
                continue;
            }
            int close = format.indexOf('%', open + 1);
            if (close < 0) {
                throw new IllegalArgumentException(format.substring(open) + " (expected: a closing %)");
            }
            command(format.substring(open + 1, close));
            at = close + 1;
        }
    }

    private static void command(String command) {
        int parenthesis = command.indexOf('(');
        String name = parenthesis < 0 ? command : command.substring(0, parenthesis);
        if (!COMMANDS.contains(name)) {
            throw new IllegalArgumentException("%" + command + "% (expected: one of " + COMMANDS.stream().sorted().toList() + ")");
        }
        boolean named = parenthesis > 0 && command.endsWith(")") && command.length() > parenthesis + 2;
        if (WITH_ARGUMENT.contains(name) ? !named : parenthesis >= 0) {
            throw new IllegalArgumentException("%" + command + "% (expected: %" + name + (WITH_ARGUMENT.contains(name) ? "(HEADER)%)" : "%)"));
        }
    }
}
