package io.weft.telemetry.query;

import io.weft.telemetry.store.LogEntry;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which lines of the log are asked for. All that is said must hold. */
final class LogFilter implements Predicate<LogEntry> {

    private final @Nullable String source;
    private final @Nullable String destination;
    private final int fromStatus;
    private final int toStatus;
    private final @Nullable String method;
    private final @Nullable String path;
    private final @Nullable String flags;
    private final @Nullable String traceId;

    LogFilter(Query query) {
        this.source = lower(query.text("source"));
        this.destination = lower(query.text("destination"));
        String status = query.text("status");
        this.fromStatus = status == null ? 0 : lowest(status);
        this.toStatus = status == null ? Integer.MAX_VALUE : status.endsWith("xx") ? fromStatus + 99 : fromStatus;
        this.method = query.text("method");
        this.path = query.text("path");
        this.flags = query.text("flags");
        this.traceId = lower(query.text("traceId"));
    }

    /** {@code 5xx} or {@code 404}; 0 for no answer at all. */
    private static int lowest(String status) {
        if (status.equals("0")) {
            return 0;
        }
        boolean shaped = status.length() == 3 && status.charAt(0) >= '1' && status.charAt(0) <= '5';
        if (shaped && status.endsWith("xx")) {
            return (status.charAt(0) - '0') * 100;
        }
        if (shaped && status.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Integer.parseInt(status);
        }
        throw Query.expected("status", status, "a status such as 404, a class such as 5xx, or 0");
    }

    @Override
    public boolean test(LogEntry entry) {
        return entry.status() >= fromStatus
                && entry.status() <= toStatus
                && (method == null || method.equalsIgnoreCase(entry.method()))
                && (path == null || entry.path() != null && entry.path().contains(path))
                && (flags == null || hasFlag(entry.flags(), flags))
                && (traceId == null || traceId.equals(entry.traceId()))
                && (source == null || isFrom(entry, source))
                && (destination == null || isTo(entry, destination));
    }

    private static boolean hasFlag(String flags, String wanted) {
        return ("," + flags + ",").contains("," + wanted + ",");
    }

    /** Who called: the reporter itself, unless it is the called side; then the account of its peer. */
    private static boolean isFrom(LogEntry entry, String source) {
        if (!isInbound(entry)) {
            return begins(entry.reporter(), source) || begins(entry.reporter() + "." + entry.namespace(), source);
        }
        String peer = entry.peer();
        return peer != null && begins(peer.substring(peer.lastIndexOf('/') + 1), source);
    }

    /** Who was called: the reporter if it is the called side, else the host of the cluster. */
    private static boolean isTo(LogEntry entry, String destination) {
        if (isInbound(entry)) {
            return begins(entry.reporter(), destination) || begins(entry.reporter() + "." + entry.namespace(), destination);
        }
        String cluster = entry.cluster();
        String host = cluster == null ? null : cluster.substring(cluster.lastIndexOf('|') + 1);
        return host != null && begins(host, destination) || begins(entry.authority(), destination);
    }

    private static boolean isInbound(LogEntry entry) {
        return entry.direction().equals("inbound");
    }

    private static boolean begins(@Nullable String text, String prefix) {
        return text != null && text.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private static @Nullable String lower(@Nullable String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }
}
