package io.weft.gateway.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.weft.sidecar.bootstrap.StartException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ClassPathResource;

/** A gateway by the environment of its pod, over what mesh-gateway.yml says. */
class PodDefaultsTest {

    private static final Map<String, String> POD = Map.of(
            "WEFT_KUBERNETES_ENABLED", "true",
            "POD_NAME", "istio-ingressgateway-7d9-abc",
            "POD_NAMESPACE", "istio-system",
            "INSTANCE_IP", "10.1.2.3",
            "SERVICE_ACCOUNT", "istio-ingressgateway-service-account",
            "ISTIO_META_POD_NAME", "istio-ingressgateway-7d9-abc",
            "ISTIO_META_INTERCEPTION_MODE", "NONE");

    @Test
    void anIngressGatewayInAPod() throws Exception {
        GatewaySettings settings = settings(POD, Map.of());
        assertThat(settings.part()).isEqualTo("istio-ingressgateway-7d9-abc");
        assertThat(settings.namespace()).isEqualTo("istio-system");
        assertThat(settings.serviceAccount()).isEqualTo("istio-ingressgateway-service-account");
        assertThat(settings.bindAddress()).isEqualTo("0.0.0.0");
        assertThat(settings.tokenFile()).isEqualTo(Path.of("/var/run/secrets/tokens/istio-token"));
        assertThat(settings.cache()).isEqualTo(Path.of("/etc/istio/proxy"));
        assertThat(settings.ca().rootCert()).isEqualTo(Path.of("/var/run/secrets/istio/root-cert.pem"));
        assertThat(settings.ca().server()).isEqualTo(new HostPort("istio-citadel.istio-system.svc", 8060));
        assertThat(settings.xds().server()).isEqualTo(new HostPort("istio-pilot.istio-system.svc", 15012));
        assertThat(settings.ports()).isEqualTo(new GatewaySettings.Ports(8080, 8443, 15021));
        Node node = GatewayNode.of(settings, 8080, 8443);
        assertThat(node.getId()).isEqualTo("router~10.1.2.3~istio-ingressgateway-7d9-abc.istio-system~istio-system.svc.cluster.local");
        Struct metadata = node.getMetadata();
        assertThat(text(metadata, "POD_NAME")).isEqualTo("istio-ingressgateway-7d9-abc");
        assertThat(text(metadata, "NAME")).isEqualTo("istio-ingressgateway-7d9-abc");
        assertThat(text(metadata, "WORKLOAD_NAME")).isEqualTo("istio-ingressgateway");
        assertThat(text(metadata, "INTERCEPTION_MODE")).isEqualTo("NONE");
    }

    @Test
    void anEgressGatewayInAPodHasFixedPorts_andNoGroup() throws Exception {
        GatewaySettings settings = settings(POD, Map.of("weft.role", "egress"));
        assertThat(settings.ports()).isEqualTo(new GatewaySettings.Ports(8080, 8443, 15021));
        assertThat(settings.registerGroup()).isEmpty();
    }

    @Test
    void argumentsWin() throws Exception {
        GatewaySettings settings = settings(POD, Map.of("weft.xds.address", "pilot:1", "weft.bind-address", "10.1.2.3"));
        assertThat(settings.xds().server()).isEqualTo(new HostPort("pilot", 1));
        assertThat(settings.bindAddress()).isEqualTo("10.1.2.3");
    }

    @Test
    void withoutTheSwitchAPodsEnvironmentMeansNothing() throws Exception {
        Map<String, String> environment = new HashMap<>(POD);
        environment.remove("WEFT_KUBERNETES_ENABLED");
        GatewaySettings settings = settings(environment, Map.of());
        assertThat(settings.part()).isEqualTo("istio-ingressgateway");
        assertThat(settings.bindAddress()).isEqualTo("127.0.0.1");
        assertThat(settings.metadata()).isEmpty();
    }

    @Test
    void whatCannotBeIsRefused() {
        Map<String, String> noAddress = new HashMap<>(POD);
        noAddress.remove("INSTANCE_IP");
        assertThatThrownBy(() -> settings(noAddress, Map.of())).hasStackTraceContaining("INSTANCE_IP is missing");
        Map<String, String> captured = new HashMap<>(POD);
        captured.put("ISTIO_META_INTERCEPTION_MODE", "REDIRECT");
        assertThatThrownBy(() -> settings(captured, Map.of())).isInstanceOf(StartException.class).hasMessageContaining("expected: NONE");
        assertThatThrownBy(() -> settings(POD, Map.of("weft.role", "sidecar"))).hasStackTraceContaining("expected with weft.kubernetes.enabled: ingress or egress");
    }

    @Test
    void routesAreNotShownToThePodsNetwork() throws Exception {
        assertThat(environment(POD, Map.of()).getProperty("management.endpoints.web.exposure.include")).isEqualTo("health,info,prometheus");
        assertThat(environment(Map.of(), Map.of()).getProperty("management.endpoints.web.exposure.include")).contains("gateway");
    }

    private static GatewaySettings settings(Map<String, String> environment, Map<String, Object> arguments) throws Exception {
        return Binder.get(environment(environment, arguments)).bindOrCreate("weft", GatewaySettings.class);
    }

    private static StandardEnvironment environment(Map<String, String> environment, Map<String, Object> arguments) throws Exception {
        StandardEnvironment properties = new StandardEnvironment();
        properties.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        properties.getPropertySources().replace(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.copyOf(environment)));
        properties.getPropertySources().addFirst(new MapPropertySource("commandLineArgs", arguments));
        new YamlPropertySourceLoader().load("file", new ClassPathResource("mesh-gateway.yml")).forEach(properties.getPropertySources()::addLast);
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            context.setEnvironment(properties);
            new PodDefaults().initialize(context);
            return properties;
        }
    }

    private static String text(Struct struct, String key) {
        return struct.getFieldsOrThrow(key).getStringValue();
    }
}
