package io.weft.pilot.xds;

import com.google.protobuf.StringValue;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.generate.GeneratedResource;
import io.weft.pilot.generate.ResourceType;
import io.weft.pilot.generate.Snapshot;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.registry.kubernetes.Pods;
import io.weft.pilot.registry.spring.KnownGateways;
import io.weft.pilot.registry.workload.WorkloadRegistrar;
import io.weft.pilot.state.MeshState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.concurrent.TimeUnit;
import org.springframework.util.unit.DataSize;

/** A real server on free ports: fed with made-up snapshots, or with a generated mesh. */
final class AdsHarness implements AutoCloseable {

    final SettableStates states;
    final RecordedRegistry registry = new RecordedRegistry();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final AdsConnections connections;
    final XdsServers servers;
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private volatile Snapshot handmade = Snapshot.empty();

    private AdsHarness(XdsProperties properties, SettableStates states, Path certificates, TokenReader tokens, boolean generated) {
        this.states = states;
        this.connections = new AdsConnections(properties.maxStreams());
        SnapshotCache cache = new SnapshotCache(states);
        AdsContext context = new AdsContext(
                properties,
                states,
                generated ? cache : proxy -> handmade,
                new NodeReader(new WorkloadRegistrar(
                        (namespace, name) -> states.current().get(WorkloadGroup.class, namespace, name),
                        registry,
                        timer,
                        properties.registrationGrace()), Pods.none()),
                gateways(certificates, timer),
                connections,
                new XdsMetrics(meters),
                timer,
                Clock.systemUTC());
        servers = new XdsServers(
                context,
                workers,
                states,
                new ServerCertificate(certificates),
                InetAddress.getLoopbackAddress(),
                "cluster.local",
                tokens,
                registry::reachable);
        servers.start();
    }

    private static KnownGateways gateways(Path folder, ScheduledExecutorService timer) {
        try {
            return new KnownGateways(folder, Clock.systemUTC(), timer, () -> {});
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static XdsProperties properties(int maxNames) {
        return properties(0, maxNames);
    }

    private static XdsProperties properties(int plaintextPort, int maxNames) {
        return new XdsProperties(
                plaintextPort,
                0,
                null,
                Duration.ofMillis(50),
                100,
                16,
                DataSize.ofMegabytes(4),
                maxNames,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMillis(200),
                Duration.ofSeconds(2),
                Duration.ofMillis(50));
    }

    /** Serves what {@link #publish} says. */
    static AdsHarness handmade(Path folder) {
        return new AdsHarness(properties(100), new SettableStates(MeshYaml.state()), folder, refuseTokens(), false);
    }

    static AdsHarness onPlaintextPort(int port, Path folder) {
        return new AdsHarness(properties(port, 100), new SettableStates(MeshYaml.state()), folder, refuseTokens(), false);
    }

    /** Serves what is generated from a state. */
    static AdsHarness generated(MeshState state, Path certificates, TokenReader tokens) {
        return new AdsHarness(properties(100), new SettableStates(state), certificates, tokens, true);
    }

    static TokenReader refuseTokens() {
        return token -> {
            throw new AdsRefused(io.grpc.Status.Code.UNAUTHENTICATED, "no tokens here");
        };
    }

    void publish(Contents contents) {
        handmade = contents.snapshot();
        states.set(states.current());
    }

    ManagedChannel plaintext() {
        return keep(NettyChannelBuilder.forAddress("127.0.0.1", servers.plaintextPort()).usePlaintext().build());
    }

    ManagedChannel tls(Function<NettyChannelBuilder, NettyChannelBuilder> how) {
        return keep(how.apply(NettyChannelBuilder.forAddress("127.0.0.1", servers.tlsPort())).build());
    }

    private ManagedChannel keep(ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    static Node node() {
        return Node.newBuilder().setId("sidecar~127.0.0.1~test.default~default.svc.cluster.local").build();
    }

    /** Resources that mean nothing: the server does not look inside. */
    static final class Contents {

        private final Map<ResourceType, List<GeneratedResource>> resources = new EnumMap<>(ResourceType.class);

        Contents with(ResourceType type, String name, String content) {
            resources.computeIfAbsent(type, t -> new ArrayList<>())
                    .add(GeneratedResource.of(name, StringValue.of(content)));
            return this;
        }

        Contents clusters(String... names) {
            for (String name : names) {
                with(ResourceType.CLUSTER, name, name);
            }
            return this;
        }

        Snapshot snapshot() {
            return Snapshot.of(1, resources);
        }
    }

    static Contents contents() {
        return new Contents();
    }

    @Override
    public void close() throws InterruptedException {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.stop();
        for (ManagedChannel channel : channels) {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        }
        timer.shutdownNow();
        workers.shutdown();
        workers.awaitTermination(5, TimeUnit.SECONDS);
    }
}
