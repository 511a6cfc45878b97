package io.weft.gateway.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.sidecar.bootstrap.WorkloadSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class GatewaySettingsTest {

    static GatewaySettings bind(String... pairs) {
        Map<String, String> properties = new HashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            properties.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("weft", GatewaySettings.class);
    }

    @Test
    void defaultsOfAnIngressGateway() {
        GatewaySettings settings = bind();
        assertThat(settings.role()).isEqualTo(Role.INGRESS);
        assertThat(settings.home()).isEqualTo(Path.of(".weft"));
        assertThat(settings.bindAddress()).isEqualTo("127.0.0.1");
        assertThat(settings.part()).isEqualTo("istio-ingressgateway");
        assertThat(settings.namespace()).isEqualTo("istio-system");
        assertThat(settings.serviceAccount()).isEqualTo("istio-ingressgateway-service-account");
        assertThat(settings.trustDomain()).isEqualTo("cluster.local");
        assertThat(settings.tokenFile()).isEqualTo(Path.of(".weft/run/istio-ingressgateway/token"));
        assertThat(settings.cache()).isEqualTo(Path.of(".weft/run/istio-ingressgateway/cache"));
        assertThat(settings.registerGroup()).isEmpty();
        assertThat(settings.ca().server()).isEqualTo(new HostPort("127.0.0.1", 8060));
        assertThat(settings.ca().rootCert()).isEqualTo(Path.of(".weft/ca/root-cert.pem"));
        assertThat(settings.xds().server()).isEqualTo(new HostPort("127.0.0.1", 15012));
        assertThat(settings.ports()).isEqualTo(new GatewaySettings.Ports(8080, 8443, 15021));
        assertThat(settings.portProperty("http-port")).isEqualTo("weft.ingress.http-port");
        assertThat(settings.drainTime()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.drainGrace()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void defaultsOfAnEgressGateway() {
        GatewaySettings settings = bind("weft.role=egress");
        assertThat(settings.part()).isEqualTo("istio-egressgateway");
        assertThat(settings.serviceAccount()).isEqualTo("istio-egressgateway-service-account");
        assertThat(settings.registerGroup()).isEqualTo("istio-egressgateway");
        assertThat(settings.ports()).isEqualTo(new GatewaySettings.Ports(0, 0, 0));
        assertThat(settings.portProperty("https-port")).isEqualTo("weft.egress.https-port");
    }

    @Test
    void everythingCanBeSaid() {
        GatewaySettings settings = bind(
                "weft.role=ingress",
                "weft.home=/h",
                "weft.bind-address=0.0.0.0",
                "weft.part=gw-2",
                "weft.namespace=edge",
                "weft.service-account=gw",
                "weft.trust-domain=example.org",
                "weft.token-file=/t",
                "weft.register-group=gw-group",
                "weft.drain-time=5s",
                "weft.drain-grace=1m",
                "weft.ca.address=ca.example.org:1",
                "weft.ca.root-cert=/r.pem",
                "weft.xds.address=[::1]:15012",
                "weft.ingress.http-port=1",
                "weft.ingress.https-port=2",
                "weft.ingress.management-port=3",
                "weft.address=10.1.2.3",
                "weft.state-dir=/s",
                "weft.metadata[POD_NAME]=gw-2-abc");
        assertThat(settings.cache()).isEqualTo(Path.of("/s"));
        assertThat(settings)
                .isEqualTo(new GatewaySettings(
                        Role.INGRESS,
                        Path.of("/h"),
                        "0.0.0.0",
                        "gw-2",
                        "edge",
                        "gw",
                        "example.org",
                        Path.of("/t"),
                        "gw-group",
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(1),
                        new GatewaySettings.Ca("ca.example.org:1", Path.of("/r.pem")),
                        new GatewaySettings.Xds("[::1]:15012"),
                        new GatewaySettings.Ports(1, 2, 3),
                        new GatewaySettings.Ports(0, 0, 0),
                        new GatewaySettings.Sidecar(0),
                        null,
                        new GatewaySettings.App(null),
                        null,
                        null,
                        null,
                        "cluster.local",
                        new GatewaySettings.Kubernetes(false),
                        "10.1.2.3",
                        Path.of("/s"),
                        Map.of("POD_NAME", "gw-2-abc")));
        assertThat(settings.xds().server()).isEqualTo(new HostPort("::1", 15012)).hasToString("[::1]:15012");
    }

    @Test
    void defaultsOfASidecar() {
        GatewaySettings settings = sidecar();
        assertThat(settings.namespace()).isEqualTo("default");
        assertThat(settings.tokenFile()).isEqualTo(Path.of(".weft/run/reviews-v1/token"));
        assertThat(settings.cache()).isEqualTo(Path.of(".weft/run/reviews-v1/cache"));
        assertThat(settings.registerGroup()).isEmpty();
        assertThat(settings.sidecar().managementPort()).isZero();
        assertThat(settings.portProperty("management-port")).isEqualTo("weft.sidecar.management-port");
        WorkloadSettings workload = settings.workload();
        assertThat(workload.part()).isEqualTo("reviews-v1");
        assertThat(workload.namespace()).isEqualTo("default");
        assertThat(workload.serviceAccount()).isEqualTo("bookinfo-reviews");
        assertThat(workload.workloadGroup()).isNull();
        assertThat(workload.appPorts()).isEmpty();
        assertThat(workload.inboundPorts()).isEmpty();
        assertThat(workload.proxyPort()).isNull();
        assertThat(workload.labels()).isEmpty();
        assertThat(workload.bindAddress()).isEqualTo("127.0.0.1");
        assertThat(workload.clusterDomain()).isEqualTo("cluster.local");
    }

    @Test
    void everythingOfASidecarCanBeSaid() {
        GatewaySettings settings = sidecar(
                "weft.namespace=shop",
                "weft.bind-address=127.0.0.2",
                "weft.workload-group=reviews",
                "weft.app.ports=9080:38123,9443:38124",
                "weft.inbound-ports=9443:15006",
                "weft.proxy-port=15001",
                "weft.labels=app=reviews,version=v1",
                "weft.cluster-domain=example.org",
                "weft.sidecar.management-port=15021");
        assertThat(settings.sidecar().managementPort()).isEqualTo(15021);
        WorkloadSettings workload = settings.workload();
        assertThat(workload.namespace()).isEqualTo("shop");
        assertThat(workload.bindAddress()).isEqualTo("127.0.0.2");
        assertThat(workload.workloadGroup()).isEqualTo("reviews");
        assertThat(workload.appPorts()).isEqualTo(Map.of(9080, 38123, 9443, 38124));
        assertThat(workload.inboundPorts()).isEqualTo(Map.of(9080, 0, 9443, 15006));
        assertThat(workload.proxyPort()).isEqualTo(15001);
        assertThat(workload.labels()).isEqualTo(Map.of("app", "reviews", "version", "v1"));
        assertThat(workload.clusterDomain()).isEqualTo("example.org");
    }

    static GatewaySettings sidecar(String... more) {
        List<String> all = new ArrayList<>(List.of("weft.role=sidecar", "weft.part=reviews-v1", "weft.service-account=bookinfo-reviews"));
        all.addAll(List.of(more));
        return bind(all.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weft.app.ports=9080 | --weft.app.ports: 9080 (expected: port:port,…)",
                "weft.app.ports=9080:0 | --weft.app.ports: 0 (expected: 1 to 65535)",
                "weft.inbound-ports=9080:1 | --weft.inbound-ports: 9080 (expected: a port of --weft.app.ports",
                "weft.proxy-port=70000 | --weft.proxy-port: 70000 (expected: 0 to 65535)",
                "weft.labels=app | --weft.labels: app (expected: name=value,…)"
            })
    void aSidecarsSettingsAreRefusedAsTheLeanOnesAre(String property, String message) {
        assertThatThrownBy(() -> sidecar(property).workload()).hasMessageStartingWith(message);
    }

    @Test
    void aSidecarDoesNotRegisterAsAGatewayDoes() {
        assertThatThrownBy(() -> sidecar("weft.register-group=x"))
                .rootCause()
                .hasMessage("weft.register-group: x (expected only with weft.role: ingress or egress; a sidecar has weft.workload-group)");
    }

    @Test
    void aSidecarWithoutAnAccountIsRefused() {
        assertThatThrownBy(() -> bind("weft.role=sidecar", "weft.part=reviews-v1"))
                .rootCause()
                .hasMessage("weft.service-account is missing (expected with weft.role: sidecar)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "weft.role=sidecar | weft.part is missing (expected with weft.role: sidecar)",
                "weft.workload-group=x | weft.workload-group: x (expected only with weft.role: sidecar; a gateway has weft.register-group)",
                "weft.app.ports=80:1 | weft.app.ports: 80:1 (expected only with weft.role: sidecar)",
                "weft.inbound-ports=80:1 | weft.inbound-ports: 80:1 (expected only with weft.role: sidecar)",
                "weft.proxy-port=0 | weft.proxy-port: 0 (expected only with weft.role: sidecar)",
                "weft.labels=a=b | weft.labels: a=b (expected only with weft.role: sidecar)",
                "weft.sidecar.management-port=-1 | management-port: -1 (expected: 0 to 65535)",
                "weft.ca.address=nowhere | weft.ca.address: nowhere (expected: host:port)",
                "weft.ca.address=a:0 | weft.ca.address: a:0 (expected: host:port)",
                "weft.xds.address=::1:15012 | weft.xds.address: ::1:15012 (expected: host:port)",
                "weft.xds.address=a:70000 | weft.xds.address: a:70000 (expected: host:port)",
                "weft.ingress.http-port=70000 | http-port: 70000 (expected: 0 to 65535)",
                "weft.part=../x | weft.part: ../x (expected: a workload name)",
                "weft.drain-time=-1s | weft.drain-time: PT-1S (expected: >= 0)"
            })
    void refusedWithTheValueAndWhatWasExpected(String property, String message) {
        assertThatThrownBy(() -> bind(property)).rootCause().hasMessageStartingWith(message);
    }
}
