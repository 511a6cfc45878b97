package io.weft.sidecar.http;

import io.netty.channel.Channel;
import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.observe.peer.PeerMetadata;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What is known about a client's connection; shared by its exchanges. */
public final class DownstreamConnection {
    private final Channel channel;
    private final LoopState loop;
    private final HttpService service;
    private final @Nullable PeerIdentity peer;
    private final boolean tls;
    private final SocketAddress remote;
    private final SocketAddress local;
    private @Nullable String remoteText;
    private @Nullable String clientCertificate;
    private @Nullable CharSequence peerMetadata;
    private Workload source = Workload.UNKNOWN;

    /**
     * @param remote the client after PROXY protocol, if that was spoken
     * @param local where the client meant to go
     */
    public DownstreamConnection(
            Channel channel, HttpService service, boolean tls, SocketAddress remote, SocketAddress local) {
        this.channel = channel;
        this.loop = LoopState.of(channel.eventLoop());
        this.service = service;
        this.tls = tls;
        this.peer = tls ? PeerIdentity.of(channel) : null;
        this.remote = remote;
        this.local = local;
    }

    public Channel channel() {
        return channel;
    }

    public LoopState loop() {
        return loop;
    }

    public HttpService service() {
        return service;
    }

    /** Null without TLS. */
    public @Nullable PeerIdentity peer() {
        return peer;
    }

    public boolean tls() {
        return tls;
    }

    public SocketAddress remote() {
        return remote;
    }

    public SocketAddress local() {
        return local;
    }

    /** The client's address without port. */
    public String remoteAddress() {
        String text = remoteText;
        if (text == null) {
            text = remote instanceof InetSocketAddress inet ? NetUtil.toAddressString(inet.getAddress()) : remote.toString();
            remoteText = text;
        }
        return text;
    }

    /** Who has called, by what it last said of itself under its mesh certificate. */
    public Workload source() {
        return source;
    }

    /** A peer's metadata, if it may be believed; a peer says the same again and again. */
    void peerMetadata(CharSequence said, PeerMetadata peers) {
        PeerIdentity known = peer;
        if (known != null && known.spiffeId() != null && (peerMetadata == null || !AsciiString.contentEquals(peerMetadata, said))) {
            peerMetadata = PeerMetadata.tooLong(said) ? null : said;
            source = peers.read(said, known.spiffeId());
        }
    }

    /** This connection's element of {@code x-forwarded-client-cert}; only with a client certificate. */
    String clientCertificate(HttpManagerResource settings) {
        String element = clientCertificate;
        if (element == null) {
            PeerIdentity known = peer;
            StringBuilder text = new StringBuilder();
            if (known != null) {
                if (known.localUri() != null) {
                    text.append("By=").append(known.localUri()).append(';');
                }
                text.append("Hash=").append(known.certificateSha256());
                if (settings.forwardClientCertDetails().subject()) {
                    text.append(";Subject=\"\"");
                }
                if (settings.forwardClientCertDetails().uri()) {
                    text.append(";URI=").append(known.uri() == null ? "" : known.uri());
                }
            }
            element = text.toString();
            clientCertificate = element;
        }
        return element;
    }
}
