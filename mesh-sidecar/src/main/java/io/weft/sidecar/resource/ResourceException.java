package io.weft.sidecar.resource;

/** A resource that cannot be used; the message names the field, its value and what was expected. It becomes the NACK's reason. */
public final class ResourceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ResourceException(String message) {
        super(message);
    }

    public ResourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
