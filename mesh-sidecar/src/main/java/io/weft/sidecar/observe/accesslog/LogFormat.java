package io.weft.sidecar.observe.accesslog;

import io.netty.util.AsciiString;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.route.FormatText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Envoy's access log format string, compiled. What is not known of a request is {@code -}. */
final class LogFormat {
    /** Envoy's default, without the line feed: the sink ends lines. */
    static final String ENVOY_DEFAULT = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\" "
            + "%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% "
            + "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\" "
            + "\"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    private static final int MAX_VALUE = 8 * 1024;

    private final List<Part> parts;

    private interface Part {
        void write(Entry log, LineBuffer out, boolean raw);
    }

    private LogFormat(List<Part> parts) {
        this.parts = parts;
    }

    /** @throws ResourceException for a command that is not known */
    static LogFormat of(String text) {
        List<Part> parts = new ArrayList<>();
        FormatText.split("access log format", text, plain -> parts.add(literal(plain)), command -> parts.add(command(command)));
        return new LogFormat(parts);
    }

    private static Part literal(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return (log, out, raw) -> out.append(bytes);
    }

    /** @param raw values as they are, for whoever quotes them himself; else so that no value ends the line or its quotes */
    void write(Entry log, LineBuffer out, boolean raw) {
        for (Part part : parts) {
            part.write(log, out, raw);
        }
    }

    private static Part command(String command) {
        int open = command.indexOf('(');
        String name = open < 0 ? command : command.substring(0, open);
        int close = command.lastIndexOf(')');
        String argument = open < 0 || close < open ? "" : command.substring(open + 1, close);
        switch (name) {
            case "REQ":
                return header(argument, true);
            case "RESP":
                return header(argument, false);
            case "START_TIME":
                return startTime(command, argument);
            case "PROTOCOL":
                return value(Entry::protocol);
            case "RESPONSE_CODE":
                return (log, out, raw) -> out.append(log.status());
            case "RESPONSE_FLAGS":
                return value(entry -> entry.log().flags());
            case "RESPONSE_CODE_DETAILS":
                return value(Entry::details);
            case "CONNECTION_TERMINATION_DETAILS":
                return value(Entry::terminated);
            case "UPSTREAM_TRANSPORT_FAILURE_REASON":
                return value(entry -> entry.log().upstreamFailure());
            case "BYTES_RECEIVED":
                return (entry, out, raw) -> out.append(entry.log().received());
            case "BYTES_SENT":
                return (entry, out, raw) -> out.append(entry.log().sent());
            case "DURATION":
                return (entry, out, raw) -> out.append(entry.log().durationNanos() / 1_000_000);
            case "RESPONSE_DURATION":
                return value(log -> log.upstreamNanos() < 0 ? null : Long.toString(log.upstreamNanos() / 1_000_000));
            case "UPSTREAM_HOST":
                return value(entry -> entry.log().upstreamHost());
            case "UPSTREAM_CLUSTER":
            case "UPSTREAM_CLUSTER_RAW":
                return value(entry -> entry.log().clusterName());
            case "UPSTREAM_REMOTE_ADDRESS":
                return value(entry -> entry.log().upstreamHost());
            case "UPSTREAM_LOCAL_ADDRESS":
                return (entry, out, raw) -> LogAddress.write(entry.log().upstreamLocal(), true, out);
            case "UPSTREAM_REQUEST_ATTEMPT_COUNT":
                return (log, out, raw) -> out.append(log.attempts());
            case "DOWNSTREAM_LOCAL_ADDRESS":
                return (log, out, raw) -> LogAddress.write(log.local(), true, out);
            case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT":
                return (log, out, raw) -> LogAddress.write(log.local(), false, out);
            case "DOWNSTREAM_REMOTE_ADDRESS":
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS":
                return (log, out, raw) -> LogAddress.write(log.remote(), true, out);
            case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT":
                return (log, out, raw) -> LogAddress.write(log.remote(), false, out);
            case "REQUESTED_SERVER_NAME":
                return value(Entry::serverName);
            case "DOWNSTREAM_PEER_URI_SAN":
                return value(log -> log.peer() == null ? null : log.peer().uri());
            case "DOWNSTREAM_LOCAL_URI_SAN":
                return value(log -> log.peer() == null ? null : log.peer().localUri());
            case "DOWNSTREAM_PEER_FINGERPRINT_256":
                return value(log -> log.peer() == null ? null : log.peer().certificateSha256());
            case "ROUTE_NAME":
                return value(Entry::route);
            case "GRPC_STATUS_NUMBER":
                return value(log -> log.grpcStatus() < 0 ? null : Integer.toString(log.grpcStatus()));
            default:
                throw unknown(command, "a command this proxy knows");
        }
    }

    private static ResourceException unknown(String command, String expected) {
        return new ResourceException("access log format: %" + command + "% (expected: " + expected + ")");
    }

    /** Without a format as Envoy's default; with {@code %s} seconds, else the common directives of strftime. */
    private static Part startTime(String command, String format) {
        if (format.isEmpty()) {
            return (entry, out, raw) -> out.appendTime(entry.log().startEpochMillis());
        }
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                pattern.append(c == '\'' ? "\'\'" : Character.isLetter(c) ? "\'" + c + "\'" : String.valueOf(c));
                continue;
            }
            char directive = ++i < format.length() ? format.charAt(i) : ' ';
            int digit = directive >= '1' && directive <= '9' ? directive - '0' : 0;
            pattern.append(switch (directive) {
                case 'Y' -> "yyyy";
                case 'm' -> "MM";
                case 'd' -> "dd";
                case 'H' -> "HH";
                case 'M' -> "mm";
                case 'S' -> "ss";
                case 'b' -> "MMM";
                case 'F' -> "yyyy-MM-dd";
                case 'T' -> "HH:mm:ss";
                case 'z' -> "xx";
                case 'Z' -> "'UTC'";
                case 'f' -> "SSSSSSSSS";
                case '%' -> "'%'";
                default -> {
                    if (digit == 0 || ++i >= format.length() || format.charAt(i) != 'f') {
                        throw unknown(command, "%Y %m %d %H %M %S %b %F %T %z %Z %f or %3f");
                    }
                    yield "S".repeat(digit);
                }
            });
        }
        DateTimeFormatter formatter = DateTimeFormatter.ofPattern(pattern.toString(), Locale.ROOT).withZone(ZoneOffset.UTC);
        return value(entry -> formatter.format(Instant.ofEpochMilli(entry.log().startEpochMillis())));
    }

    /** {@code NAME?ALTERNATIVE:LENGTH}; a name of a pseudo-header starts with a colon itself. */
    private static Part header(String argument, boolean request) {
        String names = argument;
        int limit = MAX_VALUE;
        int colon = names.lastIndexOf(':');
        if (colon > 0 && names.charAt(colon - 1) != '?' && isNumber(names.substring(colon + 1))) {
            limit = Math.min(limit, Integer.parseInt(names.substring(colon + 1)));
            names = names.substring(0, colon);
        }
        int question = names.indexOf('?');
        Field first = field(question < 0 ? names : names.substring(0, question), request);
        Field second = question < 0 ? null : field(names.substring(question + 1), request);
        int most = limit;
        return value(log -> {
            CharSequence value = first.of(log);
            if (value == null && second != null) {
                value = second.of(log);
            }
            return value == null ? null : value.length() > most ? value.subSequence(0, most) : value;
        });
    }

    /** A field of a head. */
    @FunctionalInterface
    private interface Field {
        @Nullable CharSequence of(Entry log);
    }

    private static Field field(String written, boolean request) {
        String name = written.toLowerCase(Locale.ROOT);
        if (name.isEmpty()) {
            throw unknown(request ? "REQ()" : "RESP()", "a header name");
        }
        if (name.startsWith(":")) {
            return pseudo(name, request);
        }
        AsciiString key = AsciiString.cached(name);
        return request
                ? log -> log.head() == null ? null : log.head().get(key)
                : log -> log.answer() == null ? null : log.answer().get(key);
    }

    private static Field pseudo(String name, boolean request) {
        return switch (request ? name : "response" + name) {
            case ":method" -> log -> log.head() == null ? null : log.head().method();
            case ":path" -> log -> log.head() == null ? null : log.head().path();
            case ":authority" -> log -> log.head() == null ? null : log.head().authority();
            case ":scheme" -> log -> log.head() == null ? null : log.head().scheme();
            case "response:status" -> log -> log.answer() == null ? null : Integer.toString(log.status());
            default -> throw unknown(name, ":method, :path, :authority, :scheme of requests, :status of responses");
        };
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() < 7 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Part value(Function<Entry, @Nullable CharSequence> value) {
        return (log, out, raw) -> {
            CharSequence text = value.apply(log);
            if (text == null || text.length() == 0) {
                out.append('-');
            } else if (raw) {
                out.append(text);
            } else {
                out.appendClean(text);
            }
        };
    }
}
