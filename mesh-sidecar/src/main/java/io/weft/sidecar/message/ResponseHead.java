package io.weft.sidecar.message;

/** The head of a response. */
public interface ResponseHead extends HeaderBlock {
    int status();

    void status(int status);
}
