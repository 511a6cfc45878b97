package io.weft.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class CaPropertiesTest {

    @Test
    void defaults() {
        CaProperties ca = bind(Map.of(), "weft.ca", CaProperties.class);
        assertThat(ca.dir()).isNull();
        assertThat(ca.grpcPort()).isEqualTo(8060);
        assertThat(ca.httpPort()).isEqualTo(15015);
        assertThat(ca.workloadCertTtl()).isEqualTo(Duration.ofHours(24));
        assertThat(ca.maxWorkloadCertTtl()).isEqualTo(Duration.ofDays(90));
        assertThat(ca.rootCertTtl()).isEqualTo(Duration.ofDays(3650));
        assertThat(ca.dnsNames()).containsExactly("localhost", "mesh-ca", "mesh-ca.istio-system.svc", "istio-citadel", "istio-citadel.istio-system.svc");
        assertThat(ca.addresses()).containsExactly("127.0.0.1", "::1");
        assertThat(ca.kubernetes())
                .isEqualTo(new CaProperties.Kubernetes(
                        false, null, Duration.ofMinutes(2), Duration.ofSeconds(5), 8, 100, Duration.ofMinutes(1)));
        WeftProperties weft = bind(Map.of(), "weft", WeftProperties.class);
        assertThat(weft.home()).isEqualTo(Path.of(".weft"));
        assertThat(weft.trustDomain()).isEqualTo("cluster.local");
        assertThat(weft.bindAddress()).isEqualTo("127.0.0.1");
        assertThat(weft.jwks()).isEqualTo(Path.of(".weft/tokens/jwks.json"));
        assertThat(weft.tokens()).isEqualTo(new WeftProperties.Tokens(null, "weft-launcher", "istio-ca"));
    }

    @Test
    void mappings() {
        CaProperties ca = bind(
                Map.of("weft.ca.dir", "/a", "weft.ca.grpc-port", "1", "weft.ca.workload-cert-ttl", "5s", "weft.ca.rotation-check", "10ms"),
                "weft.ca",
                CaProperties.class);
        assertThat(ca.dir()).isEqualTo(Path.of("/a"));
        assertThat(ca.grpcPort()).isEqualTo(1);
        assertThat(ca.workloadCertTtl()).isEqualTo(Duration.ofSeconds(5));
        assertThat(ca.rotationCheck()).isEqualTo(Duration.ofMillis(10));
        Map<String, String> onKubernetes = Map.of(
                "weft.ca.kubernetes.enabled", "true",
                "weft.ca.kubernetes.kubeconfig", "/kube",
                "weft.ca.kubernetes.patience", "1s",
                "weft.ca.kubernetes.review-timeout", "2s",
                "weft.ca.kubernetes.reviews-at-a-time", "3",
                "weft.ca.kubernetes.reviews-per-second", "4",
                "weft.ca.kubernetes.resync", "5s");
        assertThat(bind(onKubernetes, "weft.ca", CaProperties.class).kubernetes())
                .isEqualTo(new CaProperties.Kubernetes(
                        true, Path.of("/kube"), Duration.ofSeconds(1), Duration.ofSeconds(2), 3, 4, Duration.ofSeconds(5)));
        assertThat(bind(Map.of("weft.tokens.jwks", "/k"), "weft", WeftProperties.class).jwks()).isEqualTo(Path.of("/k"));
    }

    @Test
    void refusals() {
        assertThatThrownBy(() -> bind(Map.of("weft.ca.grpc-port", "70000"), "weft.ca", CaProperties.class))
                .hasStackTraceContaining("weft.ca.grpc-port: 70000 (expected: 0 to 65535)");
        assertThatThrownBy(() -> bind(Map.of("weft.ca.max-connections", "0"), "weft.ca", CaProperties.class))
                .hasStackTraceContaining("weft.ca.max-connections: 0");
        assertThatThrownBy(() -> bind(Map.of("weft.ca.kubernetes.reviews-per-second", "0"), "weft.ca", CaProperties.class))
                .hasStackTraceContaining("weft.ca.kubernetes.reviews-per-second: 0 (expected: more than 0)");
        assertThatThrownBy(() -> bind(Map.of("weft.ca.kubernetes.patience", "-1s"), "weft.ca", CaProperties.class))
                .hasStackTraceContaining("weft.ca.kubernetes.patience: PT-1S (expected: >= 0)");
    }

    private static <T> T bind(Map<String, String> values, String prefix, Class<T> type) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate(prefix, type);
    }
}
