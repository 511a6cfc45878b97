package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.e2e.Mesh;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A part that a test runs beside those of the launcher: nobody starts it again. */
final class OwnProcess implements AutoCloseable {

    private static final Duration STOP = Duration.ofSeconds(60);

    private final String name;
    private final Process process;

    private OwnProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts a main class with what the launcher's parts have on their class path.
     *
     * @param name of its output among the build's reports, where the build looks for leaks
     * @param arguments {@code --name=value}
     */
    static OwnProcess start(String name, String main, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xss512k",
                "-Xmx160m",
                "-XX:MaxDirectMemorySize=128m",
                "-Dio.netty.leakDetection.level=simple",
                "-cp",
                classPath(),
                main));
        command.addAll(arguments);
        try {
            Path reports = Files.createDirectories(Mesh.target().resolve("failsafe-reports"));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(reports.resolve("survive-" + name + "-output.txt").toFile()));
            return new OwnProcess(name, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** {@code SIGTERM}; returns at once. */
    void terminate() {
        process.destroy();
    }

    /** {@code SIGKILL}; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    void awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)).as("%s ends within %s", name, STOP).isTrue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            kill();
        }
    }
}
