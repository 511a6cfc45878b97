package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentApplicationTest {

    @Test
    void argumentsHaveTheContractsDefaults() {
        AgentArguments arguments = AgentArguments.parse(
                Map.of(), "--weft.home=/h", "--weft.part=mesh-pilot", "--weft.namespace=istio-system", "--weft.service-account=mesh-pilot");
        assertThat(arguments.outDir()).isEqualTo(Path.of("/h/run/mesh-pilot/certs"));
        assertThat(arguments.identity().id().uri()).isEqualTo("spiffe://cluster.local/ns/istio-system/sa/mesh-pilot");
        assertThat(arguments.identity().caHost()).isEqualTo("127.0.0.1");
        assertThat(arguments.identity().caPort()).isEqualTo(8060);
        assertThat(arguments.identity().rootCert()).isEqualTo(Path.of("/h/ca/root-cert.pem"));
        assertThat(arguments.identity().tokenFile()).isEqualTo(Path.of("/h/run/mesh-pilot/token"));
        assertThat(arguments.identity().cacheDir()).isEqualTo(Path.of("/h/run/mesh-pilot/cache"));
    }

    @Test
    void wrongArgumentsAreNamed() {
        assertThatThrownBy(() -> AgentArguments.parse(Map.of(), "--weft.part=../b", "--weft.namespace=b", "--weft.service-account=c"))
                .hasMessage("--weft.part: ../b (expected: a workload name)");
        assertThatThrownBy(() -> AgentArguments.parse(Map.of(), "--weft.nonsense=1")).hasMessageContaining("--weft.nonsense=1");
        assertThatThrownBy(() -> AgentArguments.parse(Map.of(), "--weft.part=a", "--weft.part=b")).hasMessageContaining("each once");
        assertThatThrownBy(() -> AgentArguments.parse(Map.of(), "--weft.part=a")).hasMessageContaining("--weft.namespace is missing");
        assertThatThrownBy(() -> AgentArguments.parse(
                        Map.of(), "--weft.part=a", "--weft.namespace=b", "--weft.service-account=c", "--weft.ca.address=localhost"))
                .hasMessageContaining("expected: host:port");
        assertThatThrownBy(() -> AgentArguments.parse(
                        Map.of(), "--weft.part=a", "--weft.namespace=b", "--weft.service-account=c", "--weft.projected-token=yes"))
                .hasMessage("--weft.projected-token: yes (expected: true or false)");
    }

    @Test
    void itSaysWhatItWaitsFor(@TempDir Path home) {
        try (AgentApplication.Agent agent = AgentApplication.start(
                "--weft.home=" + home, "--weft.part=a", "--weft.namespace=b", "--weft.service-account=c")) {
            org.awaitility.Awaitility.await().until(() -> agent.trouble().contains("waiting for the mesh's root certificate"));
            assertThat(home.resolve("run/a/certs")).doesNotExist();
        }
    }
}
