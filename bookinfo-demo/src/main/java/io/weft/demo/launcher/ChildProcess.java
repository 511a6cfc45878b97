package io.weft.demo.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One part as a process. Once it has started it is started again whenever it ends, at once at first and then ever later up to ten seconds; one that
 * then lived for half a minute is forgiven.
 *
 * <p>Its standard input is a pipe that nobody writes into: it ends with this process, however that ends, and with it the child ({@link ChildMain}).
 */
final class ChildProcess {

    private static final Logger log = LoggerFactory.getLogger("weft.progress");

    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 100;
    private static final long FIRST_MILLIS = 250;
    private static final long LAST_MILLIS = 10_000;
    private static final long FORGIVEN_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** A log that is longer when its part starts is put aside; one such is kept. */
    private static final long LONG_LOG = 20L << 20;
    private static final int LAST_WORDS = 8192;

    private final String part;
    private final Supplier<List<String>> command;
    private final Path logFile;
    private final Path pidFile;
    private final ScheduledExecutorService timer;

    private @Nullable Process process;
    private boolean supervised;
    private boolean stopping;
    private long startedAt;
    private long saidBefore;
    private long nextPause = FIRST_MILLIS;

    /**
     * @param command asked for at every start
     * @param timer for restarts
     */
    ChildProcess(String part, Supplier<List<String>> command, Path logFile, Path pidFile, ScheduledExecutorService timer) {
        this.part = part;
        this.command = command;
        this.logFile = logFile;
        this.pidFile = pidFile;
        this.timer = timer;
    }

    /**
     * Starts it and waits until it is up.
     *
     * @throws IOException if it ended instead, with what it said last, took longer than 90 s, or is to be stopped already
     */
    void start(BooleanSupplier up) throws IOException, InterruptedException {
        Process first;
        synchronized (this) {
            if (stopping) {
                throw new IOException("not started, as everything is being stopped");
            }
            putLongLogAside();
            first = launch();
        }
        long end = System.nanoTime() + START.toNanos();
        while (!up.getAsBoolean()) {
            if (first.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                Files.deleteIfExists(pidFile);
                throw new IOException("ended with status " + first.exitValue() + ": " + lastWords() + " (" + logFile + ")");
            }
            if (System.nanoTime() - end > 0) {
                stop();
                throw new IOException("not up after " + START.toSeconds() + " s (" + logFile + ")");
            }
        }
        synchronized (this) {
            supervised = true;
            if (!first.isAlive()) {
                onExit(first);
            }
        }
    }

    private Process launch() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command.get())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
        // glibc's arenas per thread are memory nobody uses, twenty times over.
        builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
        Process started = builder.start();
        process = started;
        startedAt = System.nanoTime();
        // Before anything can fail: it is looked after from here on.
        started.onExit().thenAccept(this::onExit);
        PrivateFiles.writePublic(pidFile, started.pid() + "\n");
        return started;
    }

    private void putLongLogAside() throws IOException {
        saidBefore = Files.exists(logFile) ? Files.size(logFile) : 0;
        if (saidBefore > LONG_LOG) {
            Files.move(logFile, logFile.resolveSibling(logFile.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            saidBefore = 0;
        }
    }

    private synchronized void onExit(Process ended) {
        if (!supervised || stopping || ended != process) {
            return;
        }
        process = null;
        if (System.nanoTime() - startedAt > FORGIVEN_NANOS) {
            nextPause = FIRST_MILLIS;
        }
        if (later(nextPause)) {
            log.warn("  {} ended with status {}; starting it again in {} ms", part, ended.exitValue(), nextPause);
            nextPause = Math.min(LAST_MILLIS, nextPause * 2);
        }
    }

    /** False when everything is being stopped. */
    private boolean later(long millis) {
        try {
            timer.schedule(this::again, millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException stopping) {
            return false;
        }
    }

    private synchronized void again() {
        if (stopping || process != null) {
            return;
        }
        try {
            launch();
        } catch (IOException failed) {
            if (process != null) {
                log.warn("  {} runs, but {} could not be written: {}", part, pidFile, failed.getMessage());
                return;
            }
            log.warn("  {} could not be started again: {}", part, failed.getMessage());
            later(LAST_MILLIS);
        }
    }

    /** Asks it to end, and waits; after 30 s it is ended. */
    void stop() {
        Process running;
        synchronized (this) {
            stopping = true;
            running = process;
        }
        try {
            if (running != null) {
                running.destroy();
                if (!running.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                    log.warn("  {} did not end within {} s and was killed", part, STOP.toSeconds());
                    running.destroyForcibly().waitFor();
                }
            }
            Files.deleteIfExists(pidFile);
        } catch (InterruptedException interrupted) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException undeletable) {
            log.warn("  {} stays: {}", pidFile, undeletable.toString());
        }
    }

    /** The last line of this run, without reading all of it. */
    private String lastWords() throws IOException {
        byte[] end;
        try (RandomAccessFile file = new RandomAccessFile(logFile.toFile(), "r")) {
            long from = Math.max(saidBefore, file.length() - LAST_WORDS);
            end = new byte[(int) Math.max(0, file.length() - from)];
            file.seek(from);
            file.readFully(end);
        }
        List<String> lines = new String(end, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    }
}
