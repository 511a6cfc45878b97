package io.weft.ca.authority;

/** The authority's files cannot be used; the message names the file, what is wrong and what was expected. */
public final class AuthorityException extends RuntimeException {

    private static final long serialVersionUID = 1;

    AuthorityException(String message) {
        super(message);
    }

    AuthorityException(String message, Throwable cause) {
        super(message, cause);
    }
}
