package io.weft.sidecar.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weft.sidecar.identity.SvidVerifier;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Stores the {@link PeerIdentity} when the handshake has succeeded, then leaves the pipeline. */
final class PeerIdentityHandler extends ChannelInboundHandlerAdapter {

    private final SslHandler tls;
    private final boolean mesh;

    /** @param mesh whether the peer's certificate was checked to be an SVID of the mesh */
    PeerIdentityHandler(SslHandler tls, boolean mesh) {
        this.tls = tls;
        this.mesh = mesh;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                ctx.channel().attr(PeerIdentity.KEY).set(identify());
            }
            ctx.fireUserEventTriggered(event);
            ctx.pipeline().remove(this);
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    private PeerIdentity identify() throws GeneralSecurityException {
        SSLSession session = tls.engine().getSession();
        X509Certificate peer = peerOf(session);
        return new PeerIdentity(
                mesh && peer != null ? SvidVerifier.idOf(peer) : null,
                peer == null ? null : firstUri(peer),
                peer == null ? null : sha256(peer),
                localUri(session),
                ServerName.of(tls.engine()),
                tls.applicationProtocol());
    }

    private static @Nullable X509Certificate peerOf(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate x509 ? x509 : null;
        } catch (SSLPeerUnverifiedException noCertificate) {
            return null;
        }
    }

    private static @Nullable String localUri(SSLSession session) throws CertificateException {
        Certificate[] own = session.getLocalCertificates();
        return own != null && own.length > 0 && own[0] instanceof X509Certificate x509 ? firstUri(x509) : null;
    }

    private static @Nullable String firstUri(X509Certificate certificate) throws CertificateException {
        List<String> uris = SvidVerifier.urisOf(certificate);
        return uris.isEmpty() ? null : uris.get(0);
    }

    private static String sha256(X509Certificate certificate) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
}
