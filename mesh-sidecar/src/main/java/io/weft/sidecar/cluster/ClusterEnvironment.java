package io.weft.sidecar.cluster;

import io.netty.channel.EventLoopGroup;
import io.weft.sidecar.cluster.dns.NameResolver;
import io.weft.sidecar.cluster.pool.UpstreamCodec;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.peer.PeerExchange;
import io.weft.sidecar.secret.TlsBinder;
import java.net.InetSocketAddress;
import java.util.function.Predicate;

/**
 * What clusters are given.
 *
 * @param own whether an address is one of our own listeners: a forward proxy must not call itself
 * @param exchange what endpoints are told about this proxy
 */
public record ClusterEnvironment(
        UpstreamCodec http1,
        UpstreamCodec http2,
        TlsBinder tls,
        EngineMetrics metrics,
        EventLoopGroup loops,
        NameResolver names,
        Predicate<InetSocketAddress> own,
        PeerExchange exchange) {}
