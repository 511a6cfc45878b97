package io.weft.pilot.xds;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weft.pilot.state.MeshState;
import io.weft.pilot.state.StateStore;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The two xDS servers. On stop they say GOAWAY first, then end every stream with UNAVAILABLE: an open ADS stream would hold the process for the whole
 * grace period otherwise.
 */
public final class XdsServers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(XdsServers.class);
    private static final int MAX_HEADERS = 32 * 1024;
    private static final int STREAMS_PER_CONNECTION = 16;
    private static final long CLIENT_PING_SECONDS = 5;
    private static final long SWEEP_MILLIS = 1000;

    private final AdsContext context;
    private final ExecutorService workers;
    private final StateStore states;
    private final ServerCertificate certificate;
    private final InetAddress tlsAddress;
    private final String trustDomain;
    private final TokenReader tokens;
    private final Newcomers newcomers;
    private final Runnable reachable;

    private final List<Server> servers = new ArrayList<>();
    private final List<EventLoopGroup> groups = new ArrayList<>();
    private @Nullable Server plaintext;
    private volatile @Nullable Server tls;
    private StateStore.@Nullable Subscription subscription;
    private volatile boolean running;

    /** @param reachable told when proxies can connect: the TLS port is bound and has a certificate; may be told again */
    XdsServers(
            AdsContext context,
            ExecutorService workers,
            StateStore states,
            ServerCertificate certificate,
            InetAddress tlsAddress,
            String trustDomain,
            TokenReader tokens,
            Runnable reachable) {
        this.context = context;
        this.workers = workers;
        this.states = states;
        this.certificate = certificate;
        this.tlsAddress = tlsAddress;
        this.trustDomain = trustDomain;
        this.tokens = tokens;
        this.reachable = reachable;
        this.newcomers = new Newcomers(
                context.properties().maxUnidentified(), context.properties().firstRequest(), System::nanoTime);
    }

    /** The bound plaintext port; -1 when there is none. */
    public int plaintextPort() {
        Server server = plaintext;
        return server == null ? -1 : server.getPort();
    }

    /** The bound TLS port; -1 when there is none. */
    public int tlsPort() {
        Server server = tls;
        return server == null ? -1 : server.getPort();
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        XdsProperties properties = context.properties();
        subscription = states.subscribe(this::announce);
        announce(states.current());
        try {
            if (properties.plaintextPort() >= 0) {
                InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), properties.plaintextPort());
                plaintext = start(builder(address), address, StreamIdentity.none(), "weft.pilot.xds.plaintext-port");
            }
            if (properties.tlsPort() >= 0) {
                startTls(new InetSocketAddress(tlsAddress, properties.tlsPort()));
            }
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
        running = true;
        tellReachable();
        log.info("xDS on {} (plaintext, loopback) and {} (TLS)", plaintextPort(), tlsPort());
    }

    private void announce(MeshState state) {
        context.metrics().announced(state.version());
        context.connections().wakeAll();
    }

    private void startTls(InetSocketAddress address) {
        certificate.refresh();
        long period = context.properties().certificatesReload().toMillis();
        context.scheduler().scheduleWithFixedDelay(this::lookAtCertificate, period, period, TimeUnit.MILLISECONDS);
        context.scheduler().scheduleWithFixedDelay(newcomers::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                new DefaultThreadFactory("xds-tls", true),
                NioIoHandler.newFactory());
        groups.add(loops);
        tls = start(
                builder(address)
                        .channelFactory(newcomers::listen)
                        .bossEventLoopGroup(loops)
                        .workerEventLoopGroup(loops)
                        .sslContext(sslContext()),
                address,
                StreamIdentity.required(trustDomain, tokens, newcomers, context.clock()),
                "weft.pilot.xds.tls-port");
    }

    private void lookAtCertificate() {
        certificate.refresh();
        tellReachable();
    }

    /** Only the TLS port has proxies that register; without one there is nobody to wait for. */
    private void tellReachable() {
        if (running && (tls == null || certificate.waitsFor() == null)) {
            reachable.run();
        }
    }

    private SslContext sslContext() {
        try {
            // A client may show a token instead of a certificate: what it shows is verified, and the interceptor wants one of them.
            // No session is kept: a resumed one would outlive a change of trust.
            return GrpcSslContexts.configure(SslContextBuilder.forServer(certificate.keyManager()))
                    .trustManager(certificate.trustManager())
                    .clientAuth(ClientAuth.OPTIONAL)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .sessionTimeout(1)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("xDS TLS could not be set up", e);
        }
    }

    private NettyServerBuilder builder(InetSocketAddress address) {
        XdsProperties properties = context.properties();
        return NettyServerBuilder.forAddress(address)
                .executor(workers)
                .maxInboundMessageSize((int) Math.min(Integer.MAX_VALUE, properties.maxMessage().toBytes()))
                .maxInboundMetadataSize(MAX_HEADERS)
                .maxConcurrentCallsPerConnection(STREAMS_PER_CONNECTION)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .maxConnectionIdle(5, TimeUnit.MINUTES)
                // Opening and resetting streams costs a client nothing and us an identity check each.
                .maxRstFramesPerWindow(500, 30)
                .keepAliveTime(properties.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(CLIENT_PING_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    private Server start(NettyServerBuilder builder, InetSocketAddress address, StreamIdentity identity, String property) {
        Server server = builder.addService(ServerInterceptors.intercept(new AdsService(context, workers), identity))
                .build();
        try {
            server.start();
        } catch (IOException e) {
            if (e instanceof BindException || e.getCause() instanceof BindException || isAddressInUse(e)) {
                throw new XdsPortTakenException(address.getPort(), property, e);
            }
            throw new IllegalStateException("mesh-pilot: xDS cannot listen on " + address + ": " + e.getMessage(), e);
        }
        servers.add(server);
        return server;
    }

    /** The native transports have an exception of their own for this. */
    private static boolean isAddressInUse(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && message.contains("Address already in use")) {
                return true;
            }
        }
        return false;
    }

    @Override
    public synchronized void stop() {
        running = false;
        StateStore.Subscription held = subscription;
        if (held != null) {
            held.close();
        }
        servers.forEach(Server::shutdown);
        context.connections().endAll(Status.UNAVAILABLE.withDescription("mesh-pilot is going away; connect again"));
        for (Server server : servers) {
            try {
                if (!server.awaitTermination(2, TimeUnit.SECONDS)) {
                    server.shutdownNow();
                }
            } catch (InterruptedException e) {
                server.shutdownNow();
                Thread.currentThread().interrupt();
            }
        }
        servers.clear();
        groups.forEach(group -> group.shutdownGracefully(0, 2, TimeUnit.SECONDS));
        groups.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
