package io.weft.sidecar.observe.accesslog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@code 2026-11-23T07:05:31.123Z}: the second is formatted once for all lines of a second. */
final class LogTime {
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.", Locale.ROOT).withZone(ZoneOffset.UTC);

    private long second = Long.MIN_VALUE;
    private byte[] text = {};

    void write(long epochMillis, LineBuffer out) {
        long now = Math.floorDiv(epochMillis, 1000L);
        if (now != second) {
            second = now;
            text = SECOND.format(Instant.ofEpochSecond(now)).getBytes(StandardCharsets.US_ASCII);
        }
        int millis = (int) Math.floorMod(epochMillis, 1000L);
        out.append(text)
                .append((char) ('0' + millis / 100))
                .append((char) ('0' + millis / 10 % 10))
                .append((char) ('0' + millis % 10))
                .append('Z');
    }
}
