package io.weft.demo.launcher;

/** A part did not start. */
final class PartFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String part;

    PartFailure(String part, Throwable cause) {
        super(part + " did not start: " + root(cause), cause);
        this.part = part;
    }

    String part() {
        return part;
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null || message.isBlank() ? root.toString() : message;
    }
}
