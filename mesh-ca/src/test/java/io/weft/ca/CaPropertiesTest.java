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
        assertThat(ca.dnsNames()).containsExactly("localhost", "mesh-ca", "mesh-ca.istio-system.svc");
        assertThat(ca.addresses()).containsExactly("127.0.0.1", "::1");
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
        assertThat(bind(Map.of("weft.tokens.jwks", "/k"), "weft", WeftProperties.class).jwks()).isEqualTo(Path.of("/k"));
    }

    @Test
    void refusals() {
        assertThatThrownBy(() -> bind(Map.of("weft.ca.grpc-port", "70000"), "weft.ca", CaProperties.class))
                .hasStackTraceContaining("weft.ca.grpc-port: 70000 (expected: 0 to 65535)");
        assertThatThrownBy(() -> bind(Map.of("weft.ca.max-connections", "0"), "weft.ca", CaProperties.class))
                .hasStackTraceContaining("weft.ca.max-connections: 0");
    }

    private static <T> T bind(Map<String, String> values, String prefix, Class<T> type) {
        return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate(prefix, type);
    }
}
