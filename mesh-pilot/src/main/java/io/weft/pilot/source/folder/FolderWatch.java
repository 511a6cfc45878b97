package io.weft.pilot.source.folder;

import io.weft.pilot.source.UnavailableException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scans the folder when the system says it changed, and from time to time in case it did not say so (network and container
 * file systems).
 */
public final class FolderWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FolderWatch.class);
    private static final long SETTLE_MILLIS = 25;

    private final FolderStore store;
    private final WatchService service;
    private final long rescanMillis;
    private final Thread thread;
    private final Map<Path, WatchKey> watched = new HashMap<>();

    private volatile boolean closed;
    private String lastTrouble = "";

    private FolderWatch(FolderStore store, WatchService service, Duration rescan) {
        this.store = store;
        this.service = service;
        this.rescanMillis = Math.max(50, rescan.toMillis());
        this.thread = new Thread(this::run, "pilot-config-watch");
        this.thread.setDaemon(true);
    }

    /** Starts watching on a thread of its own. */
    public static FolderWatch start(FolderStore store, Path root, Duration rescan) throws IOException {
        FolderWatch watch = new FolderWatch(store, root.getFileSystem().newWatchService(), rescan);
        watch.thread.start();
        return watch;
    }

    private void run() {
        boolean unsettled = false;
        while (!closed) {
            try {
                unsettled = scan();
                WatchKey key = service.poll(unsettled ? SETTLE_MILLIS : rescanMillis, TimeUnit.MILLISECONDS);
                drain(key);
            } catch (InterruptedException | ClosedWatchServiceException end) {
                return;
            }
        }
    }

    private boolean scan() {
        try {
            FolderStore.Scan scan = store.scan();
            watched.keySet().retainAll(scan.folders());
            boolean fresh = false;
            for (Path folder : scan.folders()) {
                WatchKey key = watched.get(folder);
                if (key == null || !key.isValid()) {
                    watched.put(folder, register(folder));
                    fresh = true;
                }
            }
            lastTrouble = "";
            // A folder may have changed between the scan and the start of its watch.
            return scan.unsettled() || fresh;
        } catch (UnavailableException away) {
            // The store has said it, and says when it is over.
            watched.values().forEach(WatchKey::cancel);
            watched.clear();
            return false;
        } catch (IOException | RuntimeException trouble) {
            // Whatever it is, the watch must go on: the next file saved may be the one that mends it.
            if (!lastTrouble.equals(trouble.toString())) {
                lastTrouble = trouble.toString();
                log.warn("The configuration folder cannot be scanned; the last good configuration stays in force", trouble);
            }
            return false;
        }
    }

    private WatchKey register(Path folder) throws IOException {
        return folder.register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    }

    /** Takes all events that are there: which ones does not matter, the scan finds out. */
    private void drain(@Nullable WatchKey first) {
        for (WatchKey key = first; key != null; key = service.poll()) {
            key.pollEvents();
            key.reset();
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        service.close();
        thread.interrupt();
    }
}
