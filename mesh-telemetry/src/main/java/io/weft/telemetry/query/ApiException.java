package io.weft.telemetry.query;

/** An answer that is not a success: status, reason and what was wrong. */
final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    ApiException(int code, String reason, String message) {
        super(message, null, false, false);
        this.code = code;
        this.reason = reason;
    }

    static ApiException badRequest(String message) {
        return new ApiException(400, "BadRequest", message);
    }

    int code() {
        return code;
    }

    String reason() {
        return reason;
    }
}
