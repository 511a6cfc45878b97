package io.weft.gateway.engine;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weft.gateway.role.GatewaySettings;
import io.weft.gateway.role.HostPort;
import io.weft.sidecar.identity.AllowedPeers;
import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.SvidTrustManager;
import io.weft.sidecar.identity.SvidVerifier;
import io.weft.sidecar.identity.WorkloadIdentity;
import io.weft.sidecar.xds.AdsSettings;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import reactor.netty.resources.LoopResources;

/**
 * Channels to the control plane with the newest certificate: we show ours, and accept nobody but the one who may be mesh-pilot
 * (docs/contracts.md, ADS).
 */
final class ControlPlaneChannels implements Supplier<ManagedChannel> {

    /** A connection that died silently, for one across a laptop's sleep, is noticed after this and half. */
    private static final long KEEP_ALIVE_SECONDS = 30;

    private final WorkloadIdentity identity;
    private final HostPort server;
    private final LoopResources loops;
    private final Executor executor;
    private final SpiffeId pilot;

    /** @param executor where the calls' events happen */
    ControlPlaneChannels(WorkloadIdentity identity, GatewaySettings settings, LoopResources loops, Executor executor) {
        this.identity = identity;
        this.loops = loops;
        this.server = settings.xds().server();
        this.executor = executor;
        this.pilot = new SpiffeId(settings.trustDomain(), "istio-system", "mesh-pilot");
    }

    /** @throws IllegalStateException as long as there is no certificate to show; the message says why */
    @Override
    public ManagedChannel get() {
        Svid svid = identity.current();
        if (svid == null) {
            throw new IllegalStateException(identity.trouble());
        }
        EventLoopGroup group = loops.onClient(true);
        return NettyChannelBuilder.forAddress(server.host(), server.port())
                .eventLoopGroup(group)
                .channelType(loops.onChannelClass(SocketChannel.class, group))
                .sslContext(tls(svid))
                // The control plane is a part of the mesh: an HTTP proxy of the environment is not for it.
                .proxyDetector(address -> null)
                .executor(executor)
                .maxInboundMessageSize(AdsSettings.MAX_MESSAGE_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .disableRetry()
                .userAgent("weft-gateway")
                .build();
    }

    private SslContext tls(Svid svid) {
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                    .protocols("TLSv1.2", "TLSv1.3")
                    .endpointIdentificationAlgorithm(null)
                    .trustManager(new SvidTrustManager(
                            new SvidVerifier(svid.roots()), AllowedPeers.only(Set.of(pilot.uri()))))
                    .keyManager(svid.key(), svid.chain())
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("TLS to " + server + ": " + e.getMessage(), e);
        }
    }
}
