package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A main class as a process of its own on this class path, as a user starts it and ends it. */
final class Child implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(120);

    /** A launcher takes 3 s; the rest is for a machine that does more than this. */
    private static final Duration STOP = Duration.ofSeconds(20);

    private final Process process;
    private final Path output;

    private Child(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /**
     * @param name of its output among the build's reports, where the build looks for leaks
     * @param options of the JVM
     */
    static Child start(String name, Class<?> main, List<String> options, List<String> args) throws IOException {
        Path reports = Files.createDirectories(Path.of("target", "failsafe-reports").toAbsolutePath());
        Path output = reports.resolve(name + "-output.txt");
        List<String> command = new ArrayList<>(interruptible());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dio.netty.leakDetection.level=paranoid"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(args);
        return new Child(
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start(), output);
    }

    /** A build that runs in the background ignores SIGINT, and so would its children. */
    private static List<String> interruptible() throws IOException {
        List<String> env = List.of("env", "--default-signal=INT");
        List<String> trial = new ArrayList<>(env);
        trial.add("true");
        try {
            return new ProcessBuilder(trial).start().waitFor() == 0 ? env : List.of();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Waits for a text in what it writes. */
    void awaitOutput(String text) {
        await().atMost(START)
                .pollInterval(Duration.ofMillis(100))
                .failFast(() -> assertThat(process.isAlive() || output().contains(text)).as("it runs; its output:%n%s", output()).isTrue())
                .untilAsserted(() -> assertThat(output()).contains(text));
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its exit status, once it has ended by itself. */
    int awaitEnd(Duration most) throws InterruptedException {
        assertThat(process.waitFor(most.toSeconds(), TimeUnit.SECONDS))
                .as("it ends within %s; its output:%n%s", most, output())
                .isTrue();
        return process.exitValue();
    }

    /**
     * Its exit status after a signal.
     *
     * @param signal INT, as Ctrl-C sends it, or TERM
     */
    int stopBy(String signal) throws IOException, InterruptedException {
        signal(signal);
        return awaitEnd(STOP);
    }

    void signal(String signal) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor()).isZero();
    }

    boolean hasDescendants() {
        return process.descendants().findAny().isPresent();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
