package io.weft.sidecar.http;

import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.observe.peer.PeerMetadata;
import io.weft.sidecar.observe.peer.SelfHeaders;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.HttpManagerResource.ForwardClientCert;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is believed of a request's forwarding headers. An edge ({@code use_remote_address}) believes nothing but what its trusted hops wrote; a sidecar
 * believes its own app (outbound) and verified peers. Trust is configured, never inferred from an address.
 */
final class HeaderTrust {
    private final HttpManagerResource settings;
    private final boolean outbound;
    private final PeerMetadata peers;

    HeaderTrust(HttpManagerResource settings, ListenerResource.Direction direction, PeerMetadata peers) {
        this.settings = settings;
        this.peers = peers;
        this.outbound = direction == ListenerResource.Direction.OUTBOUND;
    }

    void apply(RequestHead head, DownstreamConnection connection) {
        PeerIdentity peer = connection.peer();
        boolean edge = settings.useRemoteAddress();
        if (edge) {
            edge(head, connection);
        } else if (!head.contains(HeaderNames.X_FORWARDED_PROTO)) {
            head.set(HeaderNames.X_FORWARDED_PROTO, connection.tls() ? "https" : "http");
        }
        peerMetadata(head, connection, edge);
        if (edge || stranger(connection)) {
            new InternalHeaders(head).remove();
        }
        clientCertificate(head, connection, peer);
        if (settings.generateRequestId() && !head.contains(HeaderNames.X_REQUEST_ID)) {
            head.set(HeaderNames.X_REQUEST_ID, RequestIds.next(connection.loop()));
        }
    }

    /** Taken from a peer at our own door; gone from the head in any case, so that no app sees it, and none can send it. */
    private void peerMetadata(RequestHead head, DownstreamConnection connection, boolean edge) {
        CharSequence said = head.get(PeerMetadata.HEADER);
        if (said != null) {
            if (!edge && !outbound) {
                connection.peerMetadata(said, peers);
            }
            SelfHeaders.remove(head);
        } else if (head.contains(PeerMetadata.ID_HEADER)) {
            SelfHeaders.remove(head);
        }
    }

    /** Plaintext, or a certificate without identity, at a sidecar's own door: may be anybody, and say what it likes. */
    private boolean stranger(DownstreamConnection connection) {
        PeerIdentity peer = connection.peer();
        return !settings.useRemoteAddress() && !outbound && (peer == null || peer.uri() == null);
    }

    private void edge(RequestHead head, DownstreamConnection connection) {
        if (settings.xffTrustedHops() == 0) {
            head.remove(HeaderNames.X_FORWARDED_FOR);
            head.remove(HeaderNames.X_FORWARDED_HOST);
            head.remove(HeaderNames.X_FORWARDED_PORT);
            head.remove(HeaderNames.FORWARDED);
            head.set(HeaderNames.X_FORWARDED_PROTO, connection.tls() ? "https" : "http");
            if (!settings.preserveExternalRequestId()) {
                head.remove(HeaderNames.X_REQUEST_ID);
            }
        } else if (!head.contains(HeaderNames.X_FORWARDED_PROTO)) {
            head.set(HeaderNames.X_FORWARDED_PROTO, connection.tls() ? "https" : "http");
        }
        if (!settings.skipXffAppend()) {
            CharSequence before = head.contains(HeaderNames.X_FORWARDED_FOR)
                    ? String.join(",", head.getAll(HeaderNames.X_FORWARDED_FOR))
                    : null;
            head.set(HeaderNames.X_FORWARDED_FOR,
                    before == null ? connection.remoteAddress() : before + "," + connection.remoteAddress());
        }
    }

    /** The client as far as it is known: the address that the last trusted hop saw. */
    @Nullable InetAddress remoteIp(RequestHead head, DownstreamConnection connection) {
        InetAddress direct = connection.remote() instanceof InetSocketAddress inet ? inet.getAddress() : null;
        List<CharSequence> lines = head.getAll(HeaderNames.X_FORWARDED_FOR);
        boolean believed = settings.xffTrustedHops() > 0 || !settings.useRemoteAddress() && !stranger(connection);
        if (lines.isEmpty() || !believed) {
            return direct;
        }
        String[] hops = String.join(",", lines).split(",", -1);
        int index = hops.length - 1 - settings.xffTrustedHops();
        if (index < 0) {
            return direct;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(hops[index].trim());
        try {
            return bytes == null ? direct : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException notAnAddress) {
            return direct;
        }
    }

    private void clientCertificate(RequestHead head, DownstreamConnection connection, @Nullable PeerIdentity peer) {
        ForwardClientCert mode = settings.forwardClientCert();
        if (mode == ForwardClientCert.ALWAYS_FORWARD_ONLY) {
            return;
        }
        boolean verified = peer != null && peer.certificateSha256() != null;
        if (!verified || mode == ForwardClientCert.SANITIZE) {
            head.remove(HeaderNames.X_FORWARDED_CLIENT_CERT);
            return;
        }
        if (mode == ForwardClientCert.FORWARD_ONLY) {
            return;
        }
        String element = connection.clientCertificate(settings);
        CharSequence before = mode == ForwardClientCert.APPEND_FORWARD && head.contains(HeaderNames.X_FORWARDED_CLIENT_CERT)
                ? String.join(",", head.getAll(HeaderNames.X_FORWARDED_CLIENT_CERT))
                : null;
        head.set(HeaderNames.X_FORWARDED_CLIENT_CERT, before == null ? element : before + "," + element);
    }

    /** Finds what only we and our peers may say; fields are removed after the walk, which may not be disturbed. */
    private static final class InternalHeaders implements HeaderBlock.Visitor {
        private final RequestHead head;
        private @Nullable List<CharSequence> found;

        private InternalHeaders(RequestHead head) {
            this.head = head;
        }

        private void remove() {
            head.forEach(this);
            if (found != null) {
                found.forEach(head::remove);
            }
        }

        @Override
        public void field(CharSequence name, CharSequence value) {
            if (name.length() > 7 && (starts(name, "x-envoy-") || starts(name, "x-weft-"))) {
                if (found == null) {
                    found = new ArrayList<>();
                }
                found.add(name);
            }
        }

        private static boolean starts(CharSequence name, String prefix) {
            char first = name.charAt(0);
            return (first == 'x' || first == 'X') && AsciiString.regionMatches(name, true, 0, prefix, 0, prefix.length());
        }
    }
}
