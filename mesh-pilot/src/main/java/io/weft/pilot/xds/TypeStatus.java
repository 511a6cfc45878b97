package io.weft.pilot.xds;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a proxy is with one resource type.
 *
 * @param status       {@code SYNCED}: it has accepted the last version sent; {@code STALE}: not (yet); {@code NOT SENT}: nothing was sent
 * @param versionSent  version last sent; empty: none
 * @param versionAcked version last accepted; empty: none
 * @param nack         the last rejection, also after a later version was accepted
 */
record TypeStatus(
        String typeUrl,
        String status,
        String versionSent,
        String versionAcked,
        @Nullable Instant sentAt,
        @Nullable Nack nack) {

    /** A rejection and what the proxy said. */
    record Nack(String reason, Instant time) {}
}
