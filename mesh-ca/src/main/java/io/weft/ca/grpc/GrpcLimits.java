package io.weft.ca.grpc;

import java.time.Duration;

/**
 * What one caller, and all together, may take.
 *
 * @param messageBytes size of a request
 * @param metadataBytes size of its metadata
 * @param connections open at a time
 * @param callsPerConnection open at a time
 * @param handshake until TLS is up
 * @param idle until a connection without calls is closed
 */
public record GrpcLimits(
        int messageBytes, int metadataBytes, int connections, int callsPerConnection, Duration handshake, Duration idle) {

    /** 64 KiB, 16 KiB, as many connections as given, 16 calls each, 10 s, 5 min. */
    public static GrpcLimits connections(int connections) {
        return new GrpcLimits(64 * 1024, 16 * 1024, connections, 16, Duration.ofSeconds(10), Duration.ofMinutes(5));
    }
}
