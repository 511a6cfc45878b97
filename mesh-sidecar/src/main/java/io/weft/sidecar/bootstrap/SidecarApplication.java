package io.weft.sidecar.bootstrap;

import java.util.List;
import reactor.netty.resources.LoopResources;

/**
 * The lean sidecar runner.
 *
 * <p>As a process: {@code weft-sidecar -c FILE} with an Envoy bootstrap file, or {@code weft-sidecar --weft.part=…} as the sidecar of a workload. Inside another
 * JVM, beside others: {@link #sharing}. What it waits for is said in the log and at {@code /ready}.
 */
public final class SidecarApplication implements AutoCloseable {
    private final RunningSidecar sidecar;

    private SidecarApplication(RunningSidecar sidecar) {
        this.sidecar = sidecar;
    }

    /** Runs until the process is told to end; exit code 1 when it cannot start, with one line that says why. */
    public static void main(String[] args) {
        int code = new ProcessRunner().run(List.of(args));
        if (code != 0) {
            System.exit(code);
        }
    }

    /**
     * Starts with threads of its own.
     *
     * @throws StartException when it cannot; the message says why and which argument changes it
     */
    public static SidecarApplication start(String... args) {
        CommandLine line = CommandLine.parse(List.of(args), System.getenv());
        int concurrency = line.concurrency() > 0 ? line.concurrency() : Math.min(2, Runtime.getRuntime().availableProcessors());
        SharedResources resources = SharedResources.own(concurrency);
        try {
            return new SidecarApplication(run(line, resources, true));
        } catch (RuntimeException e) {
            resources.close();
            resources.loops().dispose();
            throw e;
        }
    }

    /**
     * Starts on threads that the caller shares among sidecars, and disposes of after they are closed.
     *
     * @throws StartException when it cannot; the message says why and which argument changes it
     */
    public static SidecarApplication start(SharedResources resources, String... args) {
        return new SidecarApplication(run(CommandLine.parse(List.of(args), System.getenv()), resources, false));
    }

    /**
     * For several sidecars in one JVM.
     *
     * @param loops the event loops of all of them; the caller's, who disposes of them after {@link Sharing#close}
     */
    public static Sharing sharing(LoopResources loops) {
        return new Sharing(SharedResources.of(loops));
    }

    /** What sidecars of one JVM have in common: event loops and the thread that compiles configuration. Closed after the last of them. */
    public static final class Sharing implements AutoCloseable {
        private final SharedResources resources;

        private Sharing(SharedResources resources) {
            this.resources = resources;
        }

        /**
         * Starts a sidecar.
         *
         * @throws StartException when it cannot; the message says why and which argument changes it
         */
        public SidecarApplication start(String... args) {
            return SidecarApplication.start(resources, args);
        }

        @Override
        public void close() {
            resources.close();
        }
    }

    private static RunningSidecar run(CommandLine line, SharedResources resources, boolean own) {
        return line.bootstrap() != null
                ? FileMode.start(line.bootstrap(), resources, own)
                : WorkloadMode.start(WorkloadSettings.of(line.weft(), line.metadata()), resources, own);
    }

    /**
     * The port bound under a name.
     *
     * @param name {@code proxy}, {@code admin}, {@code inbound.<workload port>}, or {@code listener.<name>} for a listener in force
     * @throws IllegalArgumentException when nothing is bound under it
     */
    public int port(String name) {
        Integer port = sidecar.ports.get(name);
        if (port == null && name.startsWith("listener.")) {
            var address = sidecar.listeners().get(name.substring("listener.".length()));
            port = address == null ? null : address.getPort();
        }
        if (port == null) {
            throw new IllegalArgumentException("port: " + name + " (expected: one of " + sidecar.ports.keySet() + ")");
        }
        return port;
    }

    /** Whether requests may come: it has its certificate and its configuration, and is not stopping. */
    public boolean ready() {
        return !sidecar.draining() && sidecar.notReady().isEmpty();
    }

    /** What is missing before it is ready, for people; empty when nothing is. */
    public String waitingFor() {
        return sidecar.notReady();
    }

    void awaitStop() throws InterruptedException {
        sidecar.awaitStop();
    }

    /** Drains, then stops; returns when it has stopped. */
    @Override
    public void close() {
        sidecar.close();
    }
}
