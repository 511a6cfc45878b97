package io.weft.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** h2spec, the conformance test of the field, whole. */
class H2SpecTest {

    @Test
    void h2specPassesWhole(@TempDir Path dir) throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64"), "h2spec's binary is for Linux on amd64");
        Path binary = unpack(dir);
        try (TestLoops loops = new TestLoops()) {
            run(binary, dir, loops.serve(new AnsweringService()));
        }
    }

    /** Reports only what matters: that all of it passed. */
    static void run(Path binary, Path dir, int port) throws IOException, InterruptedException {
        Path log = dir.resolve("log");
        Process spec = new ProcessBuilder(binary.toString(), "-h", "127.0.0.1", "-p", Integer.toString(port), "-o", "5")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(spec.waitFor(120, TimeUnit.SECONDS)).as("h2spec ends").isTrue();
        String report = Files.readString(log, StandardCharsets.UTF_8);
        assertThat(report.substring(Math.max(0, report.indexOf("Failures:")))).contains("145 tests, 145 passed, 0 skipped, 0 failed");
    }

    static Path unpack(Path dir) throws IOException, InterruptedException {
        Path archive = dir.resolve("h2spec.tar.gz");
        try (InputStream in = H2SpecTest.class.getResourceAsStream("/h2spec/2.2.0/h2spec_linux_amd64.tar.gz")) {
            assertThat(in).as("h2spec in the test class path").isNotNull();
            Files.copy(in, archive);
        }
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", dir.toString()).inheritIO().start();
        assertThat(tar.waitFor()).isZero();
        return dir.resolve("h2spec");
    }
}
