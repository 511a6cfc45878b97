package io.weft.pilot.registry.spring;

import io.weft.pilot.disk.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateways that are connected, and of the others what they said last: kept on disk, so that routes are checked also before the first gateway is back.
 */
public final class KnownGateways {

    private static final Logger log = LoggerFactory.getLogger(KnownGateways.class);

    /** Of the others no more than this many, the newest. */
    static final int MAX_REMEMBERED = 64;

    /** Of the others none that was not there for longer. */
    private static final Duration REMEMBERED = Duration.ofDays(7);

    private final Path file;
    private final Clock clock;
    private final ScheduledExecutorService executor;
    private final Runnable changed;
    private final Map<Object, KnownGateway> connected = new HashMap<>();
    /** By name, also those that are connected; the one that came last stands last. */
    private final Map<String, Remembered> remembered = new LinkedHashMap<>();

    private boolean saving;

    /** @param seen when it connected or went last */
    record Remembered(KnownGateway gateway, String seen) {}

    /**
     * Reads what gateways said before.
     *
     * @param folder {@code weft.pilot.dir}
     * @param executor writes the file
     * @param changed called when there are other gateways or other catalogues than before
     */
    public KnownGateways(Path folder, Clock clock, ScheduledExecutorService executor, Runnable changed) throws IOException {
        this.file = folder.resolve("gateways.json");
        this.clock = clock;
        this.executor = executor;
        this.changed = changed;
        if (Files.exists(file)) {
            GatewayFile.read(file).forEach(each -> remembered.put(each.gateway().name(), each));
        }
    }

    /** A gateway is there. Call what is returned when it goes. */
    public Runnable connected(KnownGateway gateway) {
        Object token = new Object();
        boolean news;
        synchronized (this) {
            List<KnownGateway> before = all();
            connected.put(token, gateway);
            remember(gateway);
            news = !Set.copyOf(before).equals(Set.copyOf(all()));
        }
        if (news) {
            changed.run();
        }
        return () -> disconnected(token);
    }

    private void disconnected(Object token) {
        synchronized (this) {
            KnownGateway gateway = connected.remove(token);
            if (gateway != null && !isConnected(gateway)) {
                remember(gateway);
            }
        }
        changed.run();
    }

    private void remember(KnownGateway gateway) {
        remembered.remove(gateway.name());
        remembered.put(gateway.name(), new Remembered(gateway, clock.instant().toString()));
        if (remembered.size() > MAX_REMEMBERED) {
            remembered.remove(remembered.keySet().iterator().next());
        }
        save();
    }

    /** Those that are there, and the last word of those that are not. */
    public synchronized List<KnownGateway> all() {
        Set<KnownGateway> all = new LinkedHashSet<>(connected.values());
        Set<String> names = new LinkedHashSet<>();
        all.forEach(each -> names.add(each.name()));
        Instant oldest = clock.instant().minus(REMEMBERED);
        remembered.forEach((name, each) -> {
            if (!names.contains(name) && Instant.parse(each.seen()).isAfter(oldest)) {
                all.add(each.gateway());
            }
        });
        return List.copyOf(all);
    }

    public synchronized boolean isConnected(KnownGateway gateway) {
        return connected.values().stream().anyMatch(each -> each.name().equals(gateway.name()));
    }

    /** Latest wins: one write follows however many changes came meanwhile. */
    private void save() {
        if (!saving && !executor.isShutdown()) {
            saving = true;
            executor.execute(this::write);
        }
    }

    private void write() {
        List<Remembered> all;
        synchronized (this) {
            saving = false;
            all = new ArrayList<>(remembered.values());
        }
        try {
            AtomicFiles.writePrivate(file, GatewayFile.bytes(all));
        } catch (IOException failed) {
            log.error("What gateways can do is not kept for a restart: {} cannot be written", file, failed);
        }
    }
}
