package io.weft.sidecar.http;

import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.layer.ResponseFlag;

/** Where failures of an upstream become what a client sees: Envoy's status, body, flag and details. */
public final class Failures {
    private static final String PREFIX = "upstream connect error or disconnect/reset before headers. reset reason: ";

    private Failures() {}

    public static Answer of(UpstreamFailure failure) {
        return switch (failure) {
            case NO_HOST -> new Answer(503, "no healthy upstream", ResponseFlag.UH, "no_healthy_upstream");
            case CONNECT -> new Answer(503, PREFIX + "remote connection failure", ResponseFlag.UF, "upstream_reset_before_response_started{remote_connection_failure}");
            case CONNECT_TIMEOUT -> new Answer(503, PREFIX + "connection timeout", ResponseFlag.UF, "upstream_reset_before_response_started{connection_timeout}");
            case OVERFLOW -> new Answer(503, PREFIX + "overflow", ResponseFlag.UO, "upstream_reset_before_response_started{overflow}");
            case STALE, CLOSED -> new Answer(503, PREFIX + "connection termination", ResponseFlag.UC, "upstream_reset_before_response_started{connection_termination}");
            case REFUSED -> new Answer(503, PREFIX + "remote refused stream reset", ResponseFlag.UR, "upstream_reset_before_response_started{remote_refused_stream_reset}");
            case RESET -> new Answer(503, PREFIX + "remote reset", ResponseFlag.UR, "upstream_reset_before_response_started{remote_reset}");
            case PROTOCOL -> new Answer(502, PREFIX + "protocol error", ResponseFlag.UPE, "upstream_reset_before_response_started{protocol_error}");
        };
    }

    /** @param details Envoy's {@code RESPONSE_CODE_DETAILS} */
    public record Answer(int status, String body, ResponseFlag flag, String details) {}
}
