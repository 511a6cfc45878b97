package io.weft.sidecar.observe.peer;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.MetadataExchangeResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.tls.PeerIdentity;

/**
 * TCP metadata exchange ({@code envoy.filters.network.metadata_exchange}): over mutual TLS whose ALPN is {@link MetadataExchangeResource#PROTOCOL} each side says once, before any other
 * byte, who it is. Both send as soon as the handshake is done and neither waits for the other to speak, so that it does not matter whose protocol begins.
 */
public final class PeerExchange {
    static final AttributeKey<Workload> MET = AttributeKey.valueOf(PeerExchange.class, "met");

    private static final String HANDLER = "weft.peerExchange";

    private final SelfHeaders self;
    private final PeerNames names;
    private final Counters counters;

    public PeerExchange(SelfHeaders self, PeerNames names, EngineMetrics metrics) {
        this.self = self;
        this.names = names;
        this.counters = Counters.of(metrics);
    }

    /** Envoy's {@code metadata_exchange} statistics, by their Prometheus names. */
    record Counters(Counter agreed, Counter notAgreed, Counter noHead, Counter noMetadata, Counter told) {
        private static Counters of(EngineMetrics metrics) {
            return new Counters(
                    counter(metrics, "alpn_protocol_found"),
                    counter(metrics, "alpn_protocol_not_found"),
                    counter(metrics, "initial_header_not_found"),
                    counter(metrics, "header_not_found"),
                    counter(metrics, "metadata_added"));
        }

        private static Counter counter(EngineMetrics metrics, String name) {
            return metrics.counter(MetricKey.of("envoy_metadata_exchange_" + name));
        }
    }

    /** How it went; on the channel's loop. One of the two is called, once, unless the connection that nobody waits for ends before. */
    public interface Outcome {
        /** It is known whom was met; what the peer sent behind its metadata comes next. */
        void met();

        /** Nothing of what the peer sent goes on. Who is told closes the connection. */
        void failed(PeerExchangeException why);
    }

    /** What requests say in headers instead. */
    public SelfHeaders self() {
        return self;
    }

    /** What peers may call themselves, here and in headers. */
    public PeerNames names() {
        return names;
    }

    /** Whether the two ends of a connection, whose TLS is established, have agreed on this. */
    public boolean agreed(Channel channel) {
        PeerIdentity peer = PeerIdentity.of(channel);
        boolean agreed = peer != null && MetadataExchangeResource.PROTOCOL.equals(peer.applicationProtocol());
        (agreed ? counters.agreed() : counters.notAgreed()).increment();
        return agreed;
    }

    /** Says who we are and listens to the peer while the connection is used already, by handlers that come behind; a failure is their exception. */
    public void alongside(Channel channel) {
        add(channel, 0, new Outcome() {
            @Override
            public void met() {}

            @Override
            public void failed(PeerExchangeException why) {
                channel.pipeline().context(HANDLER).fireExceptionCaught(why);
                // Not every user of a connection closes it for what goes wrong on it, and this one can carry nothing any more.
                channel.close();
            }
        });
    }

    /** The same for a connection that nobody uses before the outcome, which comes within {@code patienceMillis}. */
    public void before(Channel channel, long patienceMillis, Outcome outcome) {
        add(channel, Math.max(1, patienceMillis), outcome);
    }

    private void add(Channel channel, long patienceMillis, Outcome outcome) {
        channel.pipeline().addLast(HANDLER, new PeerExchangeHandler(self.frame(), names, counters, patienceMillis, outcome));
    }

    /** Who was met at the other end of a connection; nobody that is known, if that was never said. */
    public static Workload met(Channel channel) {
        Workload peer = channel.attr(MET).get();
        return peer == null ? Workload.UNKNOWN : peer;
    }
}
