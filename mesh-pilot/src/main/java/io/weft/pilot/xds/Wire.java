package io.weft.pilot.xds;

import io.grpc.Status;
import io.weft.pilot.generate.ResourceType;

/** The sending half of a stream, in whichever protocol. */
interface Wire {

    /** Whether the client takes more now; when not, its {@link AdsConnection} is told when it does. */
    boolean isReady();

    void send(ResourceType type, String nonce, String version, Changes changes);

    void end(Status status);
}
