package io.weft.sidecar.observe.accesslog;

import io.netty.util.concurrent.FastThreadLocal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@code 2026-11-23T07:05:31.123Z}: the second is formatted once for all lines of a second, per thread. */
final class LogTime {
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final FastThreadLocal<LogTime> LAST = new FastThreadLocal<>() {
        @Override
        protected LogTime initialValue() {
            return new LogTime();
        }
    };

    private long second = Long.MIN_VALUE;
    private String text = "";

    private LogTime() {}

    static void write(long epochMillis, StringBuilder out) {
        LogTime last = LAST.get();
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != last.second) {
            last.second = now;
            last.text = SECOND.format(Instant.ofEpochSecond(now));
        }
        int millis = (int) Math.floorMod(epochMillis, 1000L);
        out.append(last.text)
                .append((char) ('0' + millis / 100))
                .append((char) ('0' + millis / 10 % 10))
                .append((char) ('0' + millis % 10))
                .append('Z');
    }
}
