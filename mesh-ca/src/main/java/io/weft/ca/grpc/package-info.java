/** The gRPC port: TLS, limits, and the certificate service on it. */
@NullMarked
package io.weft.ca.grpc;

import org.jspecify.annotations.NullMarked;
