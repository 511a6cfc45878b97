package io.weft.ca.grpc;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weft.ca.rotate.ServerKeyManager;
import javax.net.ssl.SSLException;

/**
 * TLS of the gRPC port. It runs on the JDK's TLS even where BoringSSL is on the class path, so that the authority behaves alike alone
 * and in the launcher; certificates are asked for about twice a day and workload.
 */
final class ServerTls {

    private ServerTls() {}

    static SslContext context(ServerKeyManager keys) {
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.JDK)
                    .clientAuth(ClientAuth.OPTIONAL)
                    .trustManager(new AnyClientTrustManager())
                    .protocols("TLSv1.2", "TLSv1.3")
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS of the gRPC port: " + e.getMessage(), e);
        }
    }
}
