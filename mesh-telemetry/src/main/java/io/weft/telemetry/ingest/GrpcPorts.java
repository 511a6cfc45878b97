package io.weft.telemetry.ingest;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weft.telemetry.settings.TelemetryProperties;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The two gRPC servers: plaintext on loopback, and TLS where only members of the mesh are heard. Both take spans and access logs.
 */
public final class GrpcPorts implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(GrpcPorts.class);
    private static final int MAX_HEADERS = 32 * 1024;
    private static final int CALLS_PER_CONNECTION = 16;
    private static final int FLOW_WINDOW = 256 * 1024;
    private static final long GRACE_SECONDS = 1;

    private final TelemetryProperties telemetry;
    private final InetAddress tlsAddress;
    private final String trustDomain;
    private final ServerCertificate certificate;
    private final List<BindableService> services;
    private final List<Server> servers = new ArrayList<>();
    private @Nullable Server plaintext;
    private @Nullable Server tls;
    private @Nullable EventLoopGroup loops;
    private @Nullable ExecutorService workers;
    private volatile boolean running;

    GrpcPorts(
            TelemetryProperties telemetry,
            InetAddress tlsAddress,
            String trustDomain,
            ServerCertificate certificate,
            List<BindableService> services) {
        this.telemetry = telemetry;
        this.tlsAddress = tlsAddress;
        this.trustDomain = trustDomain;
        this.certificate = certificate;
        this.services = List.copyOf(services);
    }

    /** The bound plaintext port; -1 when there is none. */
    public synchronized int plaintextPort() {
        return plaintext == null ? -1 : plaintext.getPort();
    }

    /** The bound TLS port; -1 when there is none. */
    public synchronized int tlsPort() {
        return tls == null ? -1 : tls.getPort();
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("telemetry-grpc", true), NioIoHandler.newFactory());
        ExecutorService pool = Executors.newFixedThreadPool(threads, new DefaultThreadFactory("telemetry-ingest", true));
        loops = group;
        workers = pool;
        try {
            if (telemetry.plaintextPort() >= 0) {
                InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), telemetry.plaintextPort());
                plaintext = start(builder(address, group, pool, new Connections()), List.of(), address, "weft.telemetry.plaintext-port");
            }
            if (telemetry.tlsPort() >= 0) {
                certificate.refresh();
                Connections connections = new Connections();
                InetSocketAddress address = new InetSocketAddress(tlsAddress, telemetry.tlsPort());
                tls = start(
                        builder(address, group, pool, connections).sslContext(sslContext()),
                        List.of(new CallerIdentity(trustDomain, connections, Clock.systemUTC())),
                        address,
                        "weft.telemetry.tls-port");
                group.scheduleWithFixedDelay(
                        certificate::refresh, 0, telemetry.certsReload().toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
        running = true;
        log.info("gRPC on {} (plaintext, loopback) and {} (TLS)", plaintextPort(), tlsPort());
    }

    private SslContext sslContext() {
        try {
            // No session is kept: a resumed one would outlive a change of trust.
            return GrpcSslContexts.configure(SslContextBuilder.forServer(certificate.keyManager()))
                    .trustManager(certificate.trustManager())
                    .clientAuth(ClientAuth.REQUIRE)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .sessionTimeout(1)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("mesh-telemetry: TLS could not be set up", e);
        }
    }

    private NettyServerBuilder builder(
            InetSocketAddress address, EventLoopGroup group, ExecutorService pool, Connections connections) {
        return NettyServerBuilder.forAddress(address)
                .channelFactory(() -> new LimitedServerChannel(telemetry.maxConnections(), connections))
                .bossEventLoopGroup(group)
                .workerEventLoopGroup(group)
                .executor(pool)
                .maxInboundMessageSize((int) Math.min(Integer.MAX_VALUE, telemetry.maxMessage().toBytes()))
                .maxInboundMetadataSize(MAX_HEADERS)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                .flowControlWindow(FLOW_WINDOW)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .maxConnectionIdle(5, TimeUnit.MINUTES)
                // Opening and resetting streams costs a client nothing and us an identity check each.
                .maxRstFramesPerWindow(500, 30)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    private Server start(
            NettyServerBuilder builder, List<ServerInterceptor> interceptors, InetSocketAddress address, String property) {
        for (BindableService service : services) {
            ServerServiceDefinition definition = ServerInterceptors.intercept(service, interceptors);
            builder.addService(definition);
        }
        Server server = builder.build();
        try {
            server.start();
        } catch (IOException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof BindException) {
                    throw new PortTakenException(address.getPort(), property, e);
                }
            }
            throw new IllegalStateException("mesh-telemetry: gRPC cannot listen on " + address + ": " + e.getMessage(), e);
        }
        servers.add(server);
        return server;
    }

    /** Streams of access logs never end by themselves: there is nothing to wait for. */
    @Override
    public synchronized void stop() {
        running = false;
        servers.forEach(Server::shutdownNow);
        for (Server server : servers) {
            try {
                server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        servers.clear();
        plaintext = null;
        tls = null;
        if (workers != null) {
            // Not shutdownNow: a call's last tasks give back the buffers of messages nobody read.
            workers.shutdown();
        }
        if (loops != null) {
            loops.shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
