package io.weft.ca.attest;

/** Who a token says its bearer is. */
public interface TokenAttestor {

    /**
     * Asks.
     *
     * @param authorization the metadata value, whole
     * @throws RefusedException UNAUTHENTICATED: the token is not good; UNAVAILABLE: nobody can tell now, come again
     */
    Attested attest(String authorization) throws RefusedException;
}
