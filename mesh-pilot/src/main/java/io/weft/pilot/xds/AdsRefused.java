package io.weft.pilot.xds;

import io.grpc.Status;

/** A stream that ends because of what its client sent; the status and its text go to that client. */
final class AdsRefused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Status status;

    AdsRefused(Status.Code code, String reason) {
        super(reason, null, false, false);
        this.status = code.toStatus().withDescription(reason);
    }

    Status status() {
        return status;
    }
}
