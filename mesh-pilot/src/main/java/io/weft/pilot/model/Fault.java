package io.weft.pilot.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Faults injected on purpose. Delay and abort are decided independently. */
public record Fault(@Nullable Delay delay, @Nullable Abort abort) {

    /** @param percentage percent; unset is 0, the opposite of a mirror's */
    public record Delay(Duration fixedDelay, @Nullable Double percentage) {}

    /**
     * Exactly one of the two is set.
     *
     * @param httpStatus 200–599
     * @param grpcStatus canonical name, such as {@code UNAVAILABLE}
     * @param percentage percent; unset is 0
     */
    public record Abort(@Nullable Integer httpStatus, @Nullable String grpcStatus, @Nullable Double percentage) {}
}
