package io.weft.sidecar.cluster.pool;

import io.netty.channel.Channel;
import io.weft.sidecar.observe.peer.PeerExchange;
import io.weft.sidecar.observe.peer.PeerExchangeException;
import io.weft.sidecar.resource.ClusterResource;

/** Stands between TLS and whoever wanted the connection: the two proxies tell each other who they are, when they have agreed to do so. */
public final class Introduction implements ChannelOpener.Result {
    private final PeerExchange exchange;
    private final long patienceMillis;
    private final ChannelOpener.Result wanted;

    private Introduction(PeerExchange exchange, long patienceMillis, ChannelOpener.Result wanted) {
        this.exchange = exchange;
        this.patienceMillis = patienceMillis;
        this.wanted = wanted;
    }

    /**
     * The result to open a connection to {@code cluster} with.
     *
     * @param known who is at the other end is known: nobody has to wait for a round trip until it has said so
     */
    public static ChannelOpener.Result of(ClusterResource cluster, PeerExchange exchange, boolean known, ChannelOpener.Result wanted) {
        return cluster.exchangesMetadata()
                ? new Introduction(exchange, known ? 0 : Math.max(1, cluster.connectTimeout().toMillis()), wanted)
                : wanted;
    }

    @Override
    public void opened(Channel channel) {
        if (!exchange.agreed(channel)) {
            wanted.opened(channel);
        } else if (patienceMillis == 0) {
            exchange.alongside(channel);
            wanted.opened(channel);
        } else {
            exchange.before(channel, patienceMillis, new PeerExchange.Outcome() {
                @Override
                public void met() {
                    wanted.opened(channel);
                }

                @Override
                public void failed(PeerExchangeException why) {
                    channel.close();
                    wanted.failed(UpstreamFailure.CONNECT, why.getMessage());
                }
            });
        }
    }

    @Override
    public void failed(UpstreamFailure failure, String reason) {
        wanted.failed(failure, reason);
    }
}
