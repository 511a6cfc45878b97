package io.weft.sidecar.observe.als;

import io.netty.util.AsciiString;
import io.netty.util.NetUtil;
import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.observe.wire.ProtoWriter;
import io.weft.sidecar.tcp.TcpLog;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes {@code envoy.data.accesslog.v3.HTTPAccessLogEntry} and {@code TCPAccessLogEntry}; the numbers are those messages' field numbers. */
final class LogWriter {
    /** Paths and other words of a client are told up to here. */
    private static final int MOST = 8 * 1024;
    private static final int UNAUTHORIZED = 13;
    private static final AsciiString USER_AGENT = AsciiString.cached("user-agent");
    private static final AsciiString REFERER = AsciiString.cached("referer");

    /** Envoy's flags → fields of {@code ResponseFlags}. */
    private static final Map<String, Integer> FLAGS = Map.ofEntries(
            Map.entry("LH", 1), Map.entry("UH", 2), Map.entry("UT", 3), Map.entry("LR", 4), Map.entry("UR", 5), Map.entry("UF", 6),
            Map.entry("UC", 7), Map.entry("UO", 8), Map.entry("NR", 9), Map.entry("DI", 10), Map.entry("FI", 11), Map.entry("RL", 12),
            Map.entry("UAEX", UNAUTHORIZED), Map.entry("DC", 15), Map.entry("URX", 16), Map.entry("SI", 17), Map.entry("DPE", 19),
            Map.entry("UMSDR", 20), Map.entry("DT", 23), Map.entry("UPE", 24), Map.entry("NC", 25));

    private LogWriter() {}

    static byte[] http(ProtoWriter out, RequestLog log, List<AsciiString> requestHeaders, List<AsciiString> responseHeaders) {
        out.clear();
        int common = out.begin(1);
        addresses(out, log.connection().remote(), log.connection().local());
        tls(out, log.connection().peer(), null);
        start(out, log.startEpochMillis());
        long duration = log.durationNanos();
        if (log.upstreamNanos() >= 0) {
            out.duration(9, log.upstreamNanos());
            out.duration(11, log.upstreamNanos());
        }
        out.duration(12, duration);
        upstream(out, log.host() == null ? null : log.host().address(), log.upstreamLocal(), log.clusterName(), log.flags(), log.upstreamFailure());
        text(out, 19, log.routeName());
        out.duration(23, duration);
        out.number(24, log.attempts());
        text(out, 26, log.request().get(HeaderNames.X_REQUEST_ID));
        out.end(common);
        out.number(2, version(log.request().protocol()));
        request(out, log, requestHeaders);
        response(out, log, responseHeaders);
        return out.toBytes();
    }

    private static void request(ProtoWriter out, RequestLog log, List<AsciiString> headers) {
        RequestHead head = log.request();
        int request = out.begin(3);
        out.number(1, method(head.method().toString()));
        CharSequence proto = head.get(HeaderNames.X_FORWARDED_PROTO);
        text(out, 2, proto == null ? head.scheme() : proto);
        text(out, 3, head.authority());
        text(out, 5, head.path());
        text(out, 6, head.get(USER_AGENT));
        text(out, 7, head.get(REFERER));
        text(out, 8, head.get(HeaderNames.X_FORWARDED_FOR));
        text(out, 9, head.get(HeaderNames.X_REQUEST_ID));
        text(out, 10, head.get(HeaderNames.X_ENVOY_ORIGINAL_PATH));
        out.number(12, log.received());
        headers(out, 13, head, headers);
        out.end(request);
    }

    private static void response(ProtoWriter out, RequestLog log, List<AsciiString> headers) {
        int response = out.begin(4);
        if (log.status() != 0) {
            int code = out.begin(1);
            out.number(1, log.status());
            out.end(code);
        }
        out.number(3, log.sent());
        if (log.response() != null) {
            headers(out, 4, log.response(), headers);
        }
        text(out, 6, log.details());
        out.end(response);
    }

    private static void headers(ProtoWriter out, int field, HeaderBlock block, List<AsciiString> names) {
        for (AsciiString name : names) {
            CharSequence value = block.get(name);
            if (value != null) {
                out.entry(field, name, bounded(value));
            }
        }
    }

    static byte[] tcp(ProtoWriter out, TcpLog log) {
        out.clear();
        int common = out.begin(1);
        addresses(out, log.connection().remote(), log.connection().channel().localAddress());
        tls(out, log.connection().peer(), log.connection().serverName());
        start(out, log.startEpochMillis());
        out.duration(12, log.durationNanos());
        upstream(out, address(log.upstreamHost()), log.upstreamLocal(), log.clusterName(), log.flags(), log.upstreamFailure());
        out.duration(23, log.durationNanos());
        out.end(common);
        int connection = out.begin(2);
        out.number(1, log.received());
        out.number(2, log.sent());
        out.end(connection);
        return out.toBytes();
    }

    private static @Nullable SocketAddress address(@Nullable String host) {
        int colon = host == null ? -1 : host.lastIndexOf(':');
        return colon < 0 ? null : InetSocketAddress.createUnresolved(host.substring(0, colon), Integer.parseInt(host.substring(colon + 1)));
    }

    private static void start(ProtoWriter out, long epochMillis) {
        out.time(5, epochMillis / 1000, (int) (epochMillis % 1000) * 1_000_000);
    }

    private static void addresses(ProtoWriter out, @Nullable SocketAddress remote, @Nullable SocketAddress local) {
        address(out, 2, remote);
        address(out, 3, local);
        address(out, 20, remote);
    }

    private static void address(ProtoWriter out, int field, @Nullable SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            int outer = out.begin(field);
            int socket = out.begin(1);
            out.text(2, inet.getAddress() == null ? inet.getHostString() : NetUtil.toAddressString(inet.getAddress()));
            out.said(3, inet.getPort());
            out.end(socket);
            out.end(outer);
        }
    }

    private static void tls(ProtoWriter out, @Nullable PeerIdentity peer, @Nullable String serverName) {
        String sni = peer == null ? serverName : peer.sni();
        if (peer == null && (sni == null || sni.isEmpty())) {
            return;
        }
        int tls = out.begin(4);
        text(out, 3, sni);
        if (peer != null) {
            subject(out, 4, peer.localUri());
            subject(out, 5, peer.uri());
        }
        out.end(tls);
    }

    private static void subject(ProtoWriter out, int field, @Nullable String uri) {
        if (uri != null) {
            int certificate = out.begin(field);
            int name = out.begin(1);
            out.text(1, uri);
            out.end(name);
            out.end(certificate);
        }
    }

    private static void upstream(
            ProtoWriter out,
            @Nullable SocketAddress remote,
            @Nullable SocketAddress local,
            @Nullable String cluster,
            String flags,
            @Nullable String failure) {
        address(out, 13, remote);
        address(out, 14, local);
        text(out, 15, cluster);
        if (!flags.equals("-")) {
            int message = out.begin(16);
            for (String flag : flags.split(",")) {
                flag(out, FLAGS.getOrDefault(flag, 0));
            }
            out.end(message);
        }
        text(out, 18, failure);
    }

    private static void flag(ProtoWriter out, int field) {
        if (field == UNAUTHORIZED) {
            int details = out.begin(field);
            out.number(1, 1);
            out.end(details);
        } else if (field != 0) {
            out.number(field, 1);
        }
    }

    private static void text(ProtoWriter out, int field, @Nullable CharSequence value) {
        if (value != null) {
            out.text(field, bounded(value));
        }
    }

    private static CharSequence bounded(CharSequence value) {
        return value.length() > MOST ? value.subSequence(0, MOST) : value;
    }

    private static int version(String protocol) {
        return switch (protocol) {
            case "HTTP/1.0" -> 1;
            case "HTTP/1.1" -> 2;
            case "HTTP/2" -> 3;
            default -> 0;
        };
    }

    private static int method(String method) {
        return switch (method) {
            case "GET" -> 1;
            case "HEAD" -> 2;
            case "POST" -> 3;
            case "PUT" -> 4;
            case "DELETE" -> 5;
            case "CONNECT" -> 6;
            case "OPTIONS" -> 7;
            case "TRACE" -> 8;
            case "PATCH" -> 9;
            default -> 0;
        };
    }
}
