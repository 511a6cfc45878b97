package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.gateway.GatewayApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** A workload's sidecar before it has seen its control plane; bookinfo-demo's SpringSidecarIT has it in the mesh. */
@Timeout(120)
class SidecarRoleIT {

    @TempDir
    Path home;

    private ConfigurableApplicationContext start(String... more) {
        return startAt(0, more);
    }

    private ConfigurableApplicationContext startAt(int proxy, String... more) {
        String[] args = {
            "--weft.role=sidecar",
            "--weft.home=" + home,
            "--weft.part=reviews-v1",
            "--weft.service-account=bookinfo-reviews",
            "--weft.app.ports=9080:1",
            "--weft.proxy-port=" + proxy
        };
        String[] all = Stream.of(args, more).flatMap(Arrays::stream).toArray(String[]::new);
        return GatewayApplication.builder().registerShutdownHook(false).run(all);
    }

    private static int port(ConfigurableApplicationContext sidecar, String name) {
        return sidecar.getEnvironment().getRequiredProperty("local." + name, Integer.class);
    }

    @Test
    void actuatorSaysWhoItIs_whatItWaitsFor_andHowItsApplicationIs() throws IOException {
        try (ConfigurableApplicationContext sidecar = start();
                RawHttp actuator = new RawHttp(port(sidecar, "server.port"))) {
            RawHttp.Answer readiness = actuator.send(get("/actuator/health/readiness")).answer();
            assertThat(readiness.status()).isEqualTo(503);
            assertThat(readiness.body()).contains("waiting for the mesh's root certificate at " + home).doesNotContain("application");
            assertThat(actuator.send(get("/actuator/health/application")).ok()).contains("not probed");
            assertThat(actuator.send(get("/actuator/health/liveness")).ok()).contains("UP");
            assertThat(actuator.send(get("/actuator/info")).ok())
                    .contains("\"workload\":\"reviews-v1\"", "\"role\":\"sidecar\"")
                    .contains("\"node\":\"sidecar~127.0.0.1~reviews-v1.default~default.svc.cluster.local\"")
                    .contains("\"identity\":\"spiffe://cluster.local/ns/default/sa/bookinfo-reviews\"")
                    .contains("\"proxy\":" + port(sidecar, "weft.proxy"))
                    .contains("\"inbound.9080\":" + port(sidecar, "weft.inbound.9080"));
            assertThat(actuator.send(get("/actuator/prometheus")).ok()).contains("jvm_memory_used_bytes");
            assertThat(actuator.send(get("/actuator/gateway/routes")).ok()).startsWith("[");
        }
    }

    @Test
    void freePorts_areThoseOfLastTime() {
        int proxy = FreePort.next();
        int inbound = FreePort.next();
        try (ConfigurableApplicationContext first = startAt(proxy, "--weft.inbound-ports=9080:" + inbound)) {
            assertThat(port(first, "weft.inbound.9080")).isEqualTo(inbound);
            assertThat(port(first, "weft.proxy")).isEqualTo(proxy);
        }
        try (ConfigurableApplicationContext second = start()) {
            assertThat(port(second, "weft.inbound.9080")).isEqualTo(inbound);
            assertThat(port(second, "weft.proxy")).isEqualTo(proxy);
        }
    }

    @Test
    void theLeanSidecarsNameOfTheManagementPortIsKnown() throws IOException {
        int free = FreePort.next();
        try (ConfigurableApplicationContext sidecar = start("--weft.admin-port=" + free)) {
            assertThat(port(sidecar, "server.port")).isEqualTo(free);
        }
    }
}
