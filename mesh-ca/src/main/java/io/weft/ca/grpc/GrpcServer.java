package io.weft.ca.grpc;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weft.ca.rotate.ServerKeyManager;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The gRPC port. Plain grpc-java in a lifecycle bean instead of Spring gRPC's server: the optional client certificate, the certificate
 * that changes under a running server, the limit on connections and the message for a taken port each would need a hook around it.
 */
public final class GrpcServer implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(GrpcServer.class);

    /** Long enough for calls that take milliseconds. */
    private static final long GRACE_SECONDS = 2;

    private final InetSocketAddress address;
    private final GrpcLimits limits;
    private final ServerKeyManager keys;
    private final CertificateService service;
    private @Nullable Running running;

    private record Running(Server server, EventLoopGroup loops, ExecutorService calls) {}

    public GrpcServer(InetSocketAddress address, GrpcLimits limits, ServerKeyManager keys, CertificateService service) {
        this.address = address;
        this.limits = limits;
        this.keys = keys;
        this.service = service;
    }

    @Override
    public synchronized void start() {
        if (running != null) {
            return;
        }
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        EventLoopGroup loops =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("mesh-ca-grpc", true), NioIoHandler.newFactory());
        ExecutorService calls = Executors.newFixedThreadPool(threads, new DefaultThreadFactory("mesh-ca-issue", true));
        Running next = new Running(server(loops, calls), loops, calls);
        try {
            next.server().start();
        } catch (IOException e) {
            stop(next);
            throw failure(e);
        }
        running = next;
        log.info("gRPC listens on {}:{}", address.getHostString(), next.server().getPort());
    }

    private Server server(EventLoopGroup loops, ExecutorService calls) {
        return NettyServerBuilder.forAddress(address)
                .channelFactory(() -> new LimitedServerChannel(limits.connections()))
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(calls)
                .sslContext(ServerTls.context(keys))
                .handshakeTimeout(limits.handshake().toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(limits.messageBytes())
                .maxInboundMetadataSize(limits.metadataBytes())
                .maxConcurrentCallsPerConnection(limits.callsPerConnection())
                .maxConnectionIdle(limits.idle().toMillis(), TimeUnit.MILLISECONDS)
                .maxRstFramesPerWindow(100, 30)
                .intercept(new CallerInterceptor())
                .addService(service)
                .build();
    }

    private RuntimeException failure(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new PortTakenException(address.getPort(), e);
            }
        }
        return new IllegalStateException("mesh-ca: gRPC on " + address + " (weft.bind-address, weft.ca.grpc-port): " + e.getMessage(), e);
    }

    @Override
    public synchronized void stop() {
        Running current = running;
        running = null;
        if (current != null) {
            stop(current);
        }
    }

    private static void stop(Running running) {
        Server server = running.server().shutdown();
        try {
            if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } finally {
            running.calls().shutdown();
            running.loops().shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return running != null;
    }

    /** The port bound; -1 while there is none. */
    public synchronized int port() {
        return running == null ? -1 : running.server().getPort();
    }
}
