package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The launcher itself: a taken port is one clear line, and a stop leaves nothing behind. */
class LauncherIT {

    @Test
    void aTakenPortIsOneClearLineAndExitStatusOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, Integer> ports = Mesh.freePorts();
            ports.put("weft.pilot.http-port", taken.getLocalPort());
            try (Mesh mesh = Mesh.start(Path.of("target/e2e-taken-port").toAbsolutePath(), ports)) {
                assertThat(mesh.process().waitFor(90, TimeUnit.SECONDS)).isTrue();
                assertThat(mesh.process().exitValue()).isEqualTo(1);
                assertThat(mesh.output().lines().filter(line -> line.contains("weft.pilot.http-port")))
                        .singleElement()
                        .satisfies(line -> assertThat(line)
                                .contains("mesh-pilot", String.valueOf(taken.getLocalPort())));
                assertThat(mesh.output()).doesNotContain("\tat ");
            }
        }
    }
}
