package io.weft.sidecar.http;

import io.netty.util.AsciiString;
import java.time.Instant;
import java.util.Locale;

/** The {@code date} field, made once a second per loop. */
final class Http1Dates {
    private static final java.time.format.DateTimeFormatter FORMAT = java.time.format.DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(java.time.ZoneOffset.UTC);

    private static volatile Stamp last = new Stamp(0, AsciiString.EMPTY_STRING);

    private Http1Dates() {}

    static AsciiString now() {
        long second = System.currentTimeMillis() / 1000;
        Stamp stamp = last;
        if (stamp.second() != second) {
            stamp = new Stamp(second, new AsciiString(FORMAT.format(Instant.ofEpochSecond(second))));
            last = stamp;
        }
        return stamp.text();
    }

    private record Stamp(long second, AsciiString text) {}
}
