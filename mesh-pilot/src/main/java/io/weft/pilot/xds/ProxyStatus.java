package io.weft.pilot.xds;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connected proxy, as {@code GET /weft/v1/proxies} shows it.
 *
 * @param id           node id
 * @param identity     SPIFFE id of the stream; null on the plaintext port
 * @param certificateExpires when the certificate ends that the stream was opened with; null without one
 * @param protocol     {@code delta} or {@code sotw}
 * @param registration name of its WorkloadEntry; null when it did not register
 * @param health       what it last said of its app; null when it did not
 */
record ProxyStatus(
        String id,
        @Nullable String identity,
        @Nullable Instant certificateExpires,
        String type,
        String namespace,
        String workload,
        Instant connectedSince,
        String address,
        String protocol,
        @Nullable String registration,
        @Nullable String health,
        List<TypeStatus> resources) {}
