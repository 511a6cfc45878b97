package io.weft.sidecar.tls;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.weft.sidecar.identity.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a TLS connection; computed once, when the handshake ends, before any handler behind TLS hears of it.
 *
 * @param spiffeId the peer's mesh identity, checked against the mesh's roots; null without a certificate, and always null on contexts
 *     that do not check against those roots
 * @param uri the first URI in the peer's certificate, whoever signed it; null if there is none
 * @param certificateSha256 lower-case hex of the SHA-256 of the peer's certificate; null without one
 * @param localUri the first URI in our own certificate ({@code By=} of x-forwarded-client-cert); null if there is none
 * @param sni at a server: the server name the client sent; null without
 * @param applicationProtocol what ALPN agreed on; null if nothing
 */
public record PeerIdentity(
        @Nullable SpiffeId spiffeId,
        @Nullable String uri,
        @Nullable String certificateSha256,
        @Nullable String localUri,
        @Nullable String sni,
        @Nullable String applicationProtocol) {

    static final AttributeKey<PeerIdentity> KEY = AttributeKey.valueOf(PeerIdentity.class, "peer");

    /** The peer of {@code channel}; null if it has no TLS of ours or the handshake has not ended. */
    public static @Nullable PeerIdentity of(Channel channel) {
        return channel.attr(KEY).get();
    }
}
