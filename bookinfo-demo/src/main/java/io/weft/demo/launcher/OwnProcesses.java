package io.weft.demo.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Every part is a process: {@code run/<part>.pid} and {@code logs/<part>.log} below home are its own, and what dies is started again. */
final class OwnProcesses implements Isolation {

    /**
     * One core each is not theirs alone: little is compiled, little is collected in parallel, an archive of classes stays where all can share it, and what
     * a start has left in the C heap goes back (where the JVM can: 17.0.9 and newer of its line).
     */
    private static final List<String> SMALL = List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:CompileThresholdScaling=2",
            "-XX:+UseSerialGC",
            "-Xss512k",
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=20",
            "-XX:-ShrinkHeapInSteps",
            "-XX:SoftRefLRUPolicyMSPerMB=0",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:ArchiveRelocationMode=0",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:TrimNativeHeapInterval=5000");

    private static final int CONNECT_MILLIS = 200;
    private static final int AT_ONCE = 8;

    private final Path home;
    private final InetAddress reachable;
    private final SharedClasses classes;
    private final Set<Integer> given = ConcurrentHashMap.newKeySet();
    private final Set<ChildProcess> children = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "weft-restarts");
        thread.setDaemon(true);
        return thread;
    });

    /** @param reachable where the parts' ports are */
    OwnProcesses(Path home, InetAddress reachable) {
        this.home = home;
        this.reachable = reachable;
        this.classes = new SharedClasses(home, System.getProperty("java.class.path"));
    }

    @Override
    public Running start(Program program, Callable<Running> here) throws Exception {
        String name = program.part().replace(' ', '-');
        if (program.started() != null) {
            Files.deleteIfExists(program.started());
        }
        ChildProcess child = new ChildProcess(
                program.part(),
                () -> command(program),
                Files.createDirectories(home.resolve("logs")).resolve(name + ".log"),
                Files.createDirectories(home.resolve("run")).resolve(name + ".pid"),
                timer);
        children.add(child);
        if (closed) {
            // Whoever closes this has perhaps not seen this one.
            child.stop();
        }
        child.start(() -> isUp(program));
        return Running.of(port -> number(program, port), child::stop);
    }

    private static int number(Program program, String port) {
        Integer number = program.ports().get(port);
        if (number == null) {
            throw new IllegalArgumentException(program.part() + " has no port " + port + ", only " + program.ports());
        }
        return number;
    }

    /** Of its next start: one that is started again finds an archive that was not there at first. */
    List<String> command(Program program) {
        List<String> command = java(program.size());
        command.addAll(classes.options());
        // What the user gave to the launcher reaches every part, as it does where they share its JVM.
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("weft.") || name.startsWith("logging.") || name.startsWith("io.netty."))
                .sorted()
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of("-cp", classes.classPath(), ChildMain.class.getName(), program.main().getName()));
        command.addAll(program.arguments());
        return command;
    }

    private static List<String> java(Program.Size size) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(SMALL);
        command.addAll(size.jvm());
        if (Runtime.version().feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        return command;
    }

    @Override
    public Optional<Preparation> preparation() {
        return classes.isMissing()
                ? Optional.of(new Preparation(
                        () -> {
                            classes.make(java(Program.Size.SERVICE));
                            return classes;
                        },
                        () -> {
                            classes.awaitOneCore();
                            return classes;
                        }))
                : Optional.empty();
    }

    private boolean isUp(Program program) {
        if (program.started() != null) {
            return Files.exists(program.started());
        }
        return program.ports().values().stream().allMatch(this::isOpen);
    }

    /** Sidecars and their apps are on loopback, wherever the rest is. */
    private boolean isOpen(int port) {
        return isOpen(reachable, port) || isOpen(InetAddress.getLoopbackAddress(), port);
    }

    private static boolean isOpen(InetAddress address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Chosen here and kept: a part that is restarted comes back where the others look for it. */
    @Override
    public int port(int wanted) {
        if (wanted != 0) {
            return wanted;
        }
        try {
            int free;
            do {
                try (ServerSocket probe = new ServerSocket(0)) {
                    free = probe.getLocalPort();
                }
            } while (!given.add(free));
            return free;
        } catch (IOException none) {
            throw new UncheckedIOException("no free port", none);
        }
    }

    /** Mostly they wait: for who is still there, and for their own last reports. */
    @Override
    public int stopsAtOnce() {
        return AT_ONCE;
    }

    @Override
    public void stopping() {
        timer.shutdownNow();
    }

    /** Those that have been stopped do not mind; one that was still starting is stopped here. */
    @Override
    public void close() {
        closed = true;
        stopping();
        children.forEach(ChildProcess::stop);
        // What they run from is theirs until then.
        classes.close();
    }
}
