package io.weft.pilot.xds;

import io.weft.pilot.generate.WorkloadIdentity;

/** Turns a bearer token into an identity. */
@FunctionalInterface
interface TokenReader {

    /**
     * Reads a token.
     *
     * @throws AdsRefused UNAUTHENTICATED, with what is wrong with it
     */
    WorkloadIdentity read(String token);
}
