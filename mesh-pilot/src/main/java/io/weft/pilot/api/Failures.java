package io.weft.pilot.api;

import io.weft.pilot.source.ConflictException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong, as an answer. */
final class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** @param failed one of those three that reading and writing throw */
    static ApiException of(Exception failed) {
        if (failed instanceof ApiException refusal) {
            return refusal;
        }
        if (failed instanceof ConflictException conflict) {
            String reason = conflict.isAlreadyExists() ? "AlreadyExists" : "Conflict";
            return new ApiException(409, reason, String.valueOf(conflict.getMessage()));
        }
        if (failed instanceof IOException) {
            log.error("A write over REST failed", failed);
            return new ApiException(500, "InternalError", String.valueOf(failed.getMessage()));
        }
        throw new IllegalArgumentException(failed);
    }
}
