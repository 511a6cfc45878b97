package io.weft.ca.grpc;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets every client certificate through the handshake, because being wrong here would only cut the connection without a reason. The
 * certificate proves nothing yet: attestation checks it at every call, with the time of that call, and tells the caller why not.
 */
final class AnyClientTrustManager extends X509ExtendedTrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
        // Checked by CertificateAttestor.
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw refused();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
        throw refused();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
        throw refused();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw refused();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
        throw refused();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    /** So that it cannot serve anywhere else by mistake. */
    private static UnsupportedOperationException refused() {
        return new UnsupportedOperationException("only for the server side of the gRPC port");
    }
}
