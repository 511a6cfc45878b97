package io.weft.telemetry.ingest.scrape;

/** A target's page is not taken: it does not read, or is too large. The message says where and what was expected. */
final class UnreadablePageException extends Exception {

    private static final long serialVersionUID = 1L;

    UnreadablePageException(String message) {
        super(message, null, false, false);
    }
}
