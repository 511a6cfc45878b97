package io.weft.pilot.xds;

import io.weft.pilot.generate.WorkloadIdentity;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who opened a stream.
 *
 * @param identity who it is; null on the plaintext port
 * @param expires  when the certificate that says so ends; null when a token said it, or nothing
 * @param address  where from
 * @param hangUp   ends the connection below, after what is still to be sent
 */
record Caller(@Nullable WorkloadIdentity identity, @Nullable Instant expires, String address, Runnable hangUp) {

    static final Caller NOBODY = new Caller(null, null, "", () -> {});
}
