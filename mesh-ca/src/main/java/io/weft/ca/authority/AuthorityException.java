package io.weft.ca.authority;

/** What the authority keeps cannot be used; the message names the place, what is wrong and what was expected. */
public final class AuthorityException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public AuthorityException(String message) {
        super(message);
    }

    public AuthorityException(String message, Throwable cause) {
        super(message, cause);
    }
}
