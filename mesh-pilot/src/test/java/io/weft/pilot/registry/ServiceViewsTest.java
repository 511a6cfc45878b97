package io.weft.pilot.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import io.weft.pilot.registry.entry.ServiceViews;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServiceViewsTest {

    private static final String GROUP =
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadGroup
            metadata: {name: reviews-v1}
            spec:
              metadata: {labels: {app: reviews, version: v1}}
              template: {serviceAccount: bookinfo-reviews, ports: {web: 9080}}
              probe: {httpGet: {path: /health, port: 9080}}
            """;

    private static final String SERVICE =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews}
            spec:
              selector: {app: reviews}
              ports: [{name: http, port: 80, targetPort: 9080}]
            """;

    private static final String ENTRY =
            """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata:
              name: reviews-v1-127.0.0.1-40001
              annotations: {istio.io/autoRegistrationGroup: reviews-v1}
              labels: {security.istio.io/tlsMode: istio}
            spec:
              address: 127.0.0.1
              ports: {web: 40001}
              labels: {app: reviews, version: v1}
              serviceAccount: bookinfo-reviews
            """;

    private static final ObjectKey ENTRY_KEY =
            new ObjectKey(Kind.WORKLOAD_ENTRY, "default", "reviews-v1-127.0.0.1-40001");

    @Test
    void registeredWorkload_isReachedThroughItsSidecar() {
        ServiceView view = view(Map.of(ENTRY_KEY, true), SERVICE, GROUP, ENTRY);
        MeshService service = view.service("reviews.default.svc.cluster.local", "default").orElseThrow();
        assertThat(service.ports()).singleElement().satisfies(port -> assertThat(port.protocol()).isEqualTo(Protocol.HTTP));
        assertThat(view.endpoints(service.key(), 80)).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.port()).isEqualTo(40001);
            assertThat(endpoint.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.ISTIO);
            assertThat(endpoint.spiffeId()).isEqualTo("spiffe://cluster.local/ns/default/sa/bookinfo-reviews");
            assertThat(endpoint.workload()).isEqualTo("reviews-v1");
            assertThat(endpoint.labels()).containsEntry("version", "v1");
            assertThat(endpoint.inRotation()).isTrue();
        });
    }

    @Test
    void aWorkloadThatTakesNoMtls_isCalledWithout_byItsOwnPortNotTheSidecars() {
        assertThat(only(view(Map.of(), SERVICE, GROUP, ENTRY, peers("default", "mtls: {mode: DISABLE}"))).tlsMode())
                .isEqualTo(MeshEndpoint.TlsMode.DISABLED);
        String selecting = "selector: {matchLabels: {app: reviews}}, mtls: {mode: STRICT}, portLevelMtls: {PORT: {mode: DISABLE}}";
        assertThat(only(view(Map.of(), SERVICE, GROUP, ENTRY, peers("default", selecting.replace("PORT", "9080")))).tlsMode())
                .isEqualTo(MeshEndpoint.TlsMode.DISABLED);
        assertThat(only(view(Map.of(), SERVICE, GROUP, ENTRY, peers("default", selecting.replace("PORT", "40001")))).tlsMode())
                .as("the number where its sidecar happens to listen")
                .isEqualTo(MeshEndpoint.TlsMode.ISTIO);
        assertThat(only(view(Map.of(), SERVICE, GROUP, ENTRY, peers("other", "mtls: {mode: DISABLE}"))).tlsMode())
                .isEqualTo(MeshEndpoint.TlsMode.ISTIO);
    }

    private static String peers(String namespace, String spec) {
        return "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: p, namespace: " + namespace + "}\nspec: {" + spec + "}\n";
    }

    @Test
    void workloadWithAProbe_isOutOfRotationUntilItReportsHealthy() {
        MeshEndpoint silent = only(view(Map.of(), SERVICE, GROUP, ENTRY));
        assertThat(silent.health()).isEqualTo(MeshEndpoint.Health.UNREPORTED);
        assertThat(silent.inRotation()).isFalse();
        assertThat(only(view(Map.of(ENTRY_KEY, false), SERVICE, GROUP, ENTRY)).health())
                .isEqualTo(MeshEndpoint.Health.UNHEALTHY);
        String noProbe = GROUP.substring(0, GROUP.indexOf("  probe"));
        assertThat(only(view(Map.of(), SERVICE, noProbe, ENTRY)).inRotation()).isTrue();
    }

    @Test
    void accounts_areKnownBeforeTheFirstWorkloadComes() {
        ServiceView view = view(Map.of(), SERVICE, GROUP);
        assertThat(view.services().get(0).accounts())
                .containsExactly("spiffe://cluster.local/ns/default/sa/bookinfo-reviews");
    }

    @Test
    void writtenWorkload_isReachedAtItsOwnPort_withoutTls() {
        String entry = ENTRY.replace("      annotations: {istio.io/autoRegistrationGroup: reviews-v1}\n", "")
                .replace("  annotations: {istio.io/autoRegistrationGroup: reviews-v1}\n", "")
                .replace("  labels: {security.istio.io/tlsMode: istio}\n", "")
                .replace("  ports: {web: 40001}\n", "");
        MeshEndpoint endpoint = only(view(Map.of(), SERVICE, entry));
        assertThat(endpoint.port()).isEqualTo(9080);
        assertThat(endpoint.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.DISABLED);
    }

    @Test
    void selector_doesNotReachIntoOtherNamespaces() {
        String elsewhere = ENTRY.replace("name: reviews-v1-127", "namespace: other\n  name: reviews-v1-127");
        ServiceView view = view(Map.of(), SERVICE, GROUP, elsewhere);
        assertThat(view.endpoints(view.services().get(0).key(), 80)).isEmpty();
    }

    @Test
    void externalEntry_underDnsWithoutEndpoints_isItsOwnEndpoint() {
        ServiceView view = view(
                Map.of(),
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: e}
                spec:
                  hosts: [Example.com]
                  resolution: DNS
                  ports: [{number: 443, name: tls, protocol: TLS, targetPort: 8443}]
                  subjectAltNames: [spiffe://x/y]
                """);
        MeshService service = view.service("example.com", "default").orElseThrow();
        assertThat(service.external()).isTrue();
        assertThat(service.accounts()).containsExactly("spiffe://x/y");
        assertThat(view.endpoints(service.key(), 443)).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.address()).isEqualTo("example.com");
            assertThat(endpoint.port()).isEqualTo(8443);
        });
    }

    @Test
    void protocol_isAppProtocolThenNameThenNumber() {
        ServiceView view = view(
                Map.of(),
                """
                apiVersion: v1
                kind: Service
                metadata: {name: many}
                spec:
                  ports:
                  - {name: http-web, port: 1}
                  - {name: grpc, port: 2}
                  - {name: grpc-web-x, port: 3}
                  - {name: tcp-x, port: 4, appProtocol: kubernetes.io/h2c}
                  - {name: whatever, port: 5}
                  - {name: db, port: 3306}
                  - {name: dns, port: 53, protocol: UDP}
                  - {name: tls-x, port: 6}
                """);
        assertThat(view.services().get(0).ports())
                .extracting(MeshService.Port::protocol)
                .containsExactly(
                        Protocol.HTTP,
                        Protocol.GRPC,
                        Protocol.GRPC_WEB,
                        Protocol.HTTP2,
                        Protocol.UNKNOWN,
                        Protocol.TCP,
                        Protocol.TLS);
    }

    private static MeshEndpoint only(ServiceView view) {
        List<MeshEndpoint> endpoints = view.endpoints(view.services().get(0).key(), 80);
        assertThat(endpoints).hasSize(1);
        return endpoints.get(0);
    }

    private static ServiceView view(Map<ObjectKey, Boolean> reports, String... documents) {
        List<ConfigObject> objects = new ArrayList<>();
        for (String document : documents) {
            try {
                var outcome = ObjectParser.parse(YamlReader.read(document));
                assertThat(outcome.problems()).isEmpty();
                objects.add(outcome.object());
            } catch (UnreadableException unreadable) {
                throw new AssertionError(unreadable);
            }
        }
        return ServiceViews.of(MeshSettings.DEFAULTS, objects, reports, Cluster.EMPTY);
    }
}
