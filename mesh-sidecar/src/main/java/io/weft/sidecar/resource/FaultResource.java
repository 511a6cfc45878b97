package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code envoy.filters.http.fault}; delay and abort are decided independently.
 *
 * @param headers all must match for the fault to act
 */
public record FaultResource(@Nullable Delay delay, @Nullable Abort abort, List<HeaderMatch> headers)
        implements HttpFilterResource {
    public FaultResource {
        headers = List.copyOf(headers);
    }

    /** A fixed delay before the request goes on. */
    public record Delay(Duration duration, FractionalPercent percent) {}

    /** Either {@code httpStatus} (200 to 599) or, when that is 0, {@code grpcStatus} (0 to 16). */
    public record Abort(int httpStatus, int grpcStatus, FractionalPercent percent) {}
}
