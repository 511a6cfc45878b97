package io.weft.sidecar.testing;

import io.grpc.Server;
import java.util.concurrent.TimeUnit;

/** How a test's gRPC server ends: with all it has open. */
public final class GrpcServers {
    private GrpcServers() {}

    public static void stop(Server server) {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
