package io.weft.pilot.api;

import io.weft.pilot.model.Problem;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.InadmissibleException;
import io.weft.pilot.source.ReadOnlyException;
import io.weft.pilot.source.UnavailableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What went wrong, as an answer. */
final class Failures {

    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private static final int MAX_CAUSES = 20;

    private Failures() {}

    /** @param place of a change in what the client sent, by its index; empty if it sent one object */
    static ApiException invalid(InadmissibleException inadmissible, IntFunction<String> place) {
        List<Problem> causes = new ArrayList<>();
        StringBuilder message = new StringBuilder();
        for (InadmissibleException.Refused refused : inadmissible.refused()) {
            for (Problem problem : refused.problems()) {
                String before = place.apply(refused.change());
                Problem cause = new Problem(before.isEmpty() ? problem.field() : before + "." + problem.field(), problem.message());
                if (causes.size() < MAX_CAUSES) {
                    message.append(causes.isEmpty() ? refused.key() + " is refused: " : "; ").append(cause);
                    causes.add(cause);
                }
            }
        }
        return new ApiException(422, "Invalid", message.toString(), causes);
    }

    /** @param failed one of those four that reading and writing throw */
    static ApiException of(Exception failed) {
        if (failed instanceof ApiException refusal) {
            return refusal;
        }
        if (failed instanceof ConflictException conflict) {
            String reason = conflict.isAlreadyExists() ? "AlreadyExists" : "Conflict";
            return new ApiException(409, reason, String.valueOf(conflict.getMessage()));
        }
        if (failed instanceof InadmissibleException inadmissible) {
            return invalid(inadmissible, index -> "");
        }
        if (failed instanceof ReadOnlyException) {
            return new ApiException(405, "MethodNotAllowed", String.valueOf(failed.getMessage()));
        }
        if (failed instanceof UnavailableException) {
            return new ApiException(503, "ServiceUnavailable", String.valueOf(failed.getMessage()));
        }
        if (failed instanceof IOException) {
            log.error("A write over REST failed", failed);
            return new ApiException(500, "InternalError", String.valueOf(failed.getMessage()));
        }
        throw new IllegalArgumentException(failed);
    }
}
