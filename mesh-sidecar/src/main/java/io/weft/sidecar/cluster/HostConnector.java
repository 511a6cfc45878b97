package io.weft.sidecar.cluster;

import io.netty.channel.Channel;
import io.weft.sidecar.cluster.pool.ChannelOpener;
import io.weft.sidecar.cluster.pool.ConnectionOwner;
import io.weft.sidecar.cluster.pool.Connector;
import io.weft.sidecar.cluster.pool.Introduction;
import io.weft.sidecar.cluster.pool.UpstreamCodec;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.secret.TlsBinding;
import io.weft.sidecar.tls.PeerIdentity;
import io.weft.sidecar.tls.TlsContext;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens HTTP connections to one endpoint of a cluster. */
final class HostConnector implements Connector {
    /** Below the keep-alive of common servers (60 s and more), so that it is mostly us who close an idle connection. */
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(50);

    private final Host host;
    private final ClusterResource cluster;
    private final Supplier<@Nullable TlsBinding> tls;
    private final ClusterEnvironment environment;
    private final boolean http2;

    HostConnector(Host host, ClusterResource cluster, Supplier<@Nullable TlsBinding> tls, ClusterEnvironment environment, boolean http2) {
        this.host = host;
        this.cluster = cluster;
        this.tls = tls;
        this.environment = environment;
        this.http2 = http2;
    }

    @Override
    public void connect(LoopState loop, ConnectionOwner owner, Failed failed) {
        TlsContext context = null;
        TlsBinding binding = tls.get();
        if (binding != null) {
            context = binding.ready();
            if (context == null) {
                loop.eventLoop().execute(() -> failed.failed(UpstreamFailure.CONNECT, "TLS error: no certificate yet"));
                return;
            }
        }
        ChannelOpener.Result wanted = new ChannelOpener.Result() {
            @Override
            public void opened(Channel channel) {
                codec(channel).install(channel, loop, owner, cluster.http());
            }

            @Override
            public void failed(UpstreamFailure failure, String reason) {
                failed.failed(failure, reason);
            }
        };
        // HTTP to a port of bytes
        ChannelOpener.open(loop.eventLoop(), host.address(), cluster, context, Introduction.of(cluster, environment.exchange(), true, wanted));
    }

    private UpstreamCodec codec(Channel channel) {
        if (cluster.http().protocol() == ClusterResource.Protocol.AUTO) {
            PeerIdentity peer = PeerIdentity.of(channel);
            String agreed = peer == null ? null : peer.applicationProtocol();
            return "h2".equals(agreed) || "istio-h2".equals(agreed) ? environment.http2() : environment.http1();
        }
        return http2 ? environment.http2() : environment.http1();
    }

    @Override
    public int expectedStreams() {
        return http2 ? 100 : 1;
    }

    @Override
    public Duration idleTimeout() {
        Duration wanted = cluster.http().idleTimeout();
        return !http2 && (wanted.isZero() || wanted.compareTo(LONGEST_IDLE) > 0) ? LONGEST_IDLE : wanted;
    }
}
