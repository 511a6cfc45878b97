package io.weft.pilot.api;

import io.weft.pilot.model.Problem;
import java.util.List;

/** An answer that is not a success, as Kubernetes' {@code Status} says it. */
final class ApiException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;
    private final transient List<Problem> causes;

    ApiException(int code, String reason, String message, List<Problem> causes) {
        super(message, null, false, false);
        this.code = code;
        this.reason = reason;
        this.causes = List.copyOf(causes);
    }

    ApiException(int code, String reason, String message) {
        this(code, reason, message, List.of());
    }

    int code() {
        return code;
    }

    String reason() {
        return reason;
    }

    List<Problem> causes() {
        return causes;
    }
}
