package io.weft.ca.attest;

/** Who a token says its bearer is. */
public interface TokenAttestor {

    /**
     * Looks first, on the thread of the call: whatever can be refused cheaply is. Says nothing in favour of anybody.
     *
     * @throws RefusedException UNAUTHENTICATED: the token cannot be good; UNAVAILABLE: too many come from there, come again
     */
    default void screen(String authorization, String address) throws RefusedException {}

    /**
     * Asks.
     *
     * @param authorization the metadata value, whole
     * @throws RefusedException UNAUTHENTICATED: the token is not good; UNAVAILABLE: nobody can tell now, come again
     */
    Attested attest(String authorization) throws RefusedException;
}
