package io.weft.pilot.source.folder;

import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.ConfigPlace;
import io.weft.pilot.source.ConfigStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A folder of YAML: has been read once when it is started. */
public final class FolderPlace implements ConfigPlace {

    private final Path folder;
    private final FolderStore store;
    private final Duration rescan;
    private volatile @Nullable FolderWatch watch;

    private FolderPlace(Path folder, FolderStore store, Duration rescan) {
        this.folder = folder;
        this.store = store;
        this.rescan = rescan;
    }

    /**
     * Opens a folder, made if it is not there.
     *
     * @param folder {@code weft.config.dir}
     * @param state {@code weft.pilot.dir}
     * @param rescan how often it is looked through even when the system reports no change
     * @param changed called after every change
     */
    public static FolderPlace open(Path folder, Path state, Duration rescan, Admission admission, Runnable changed) throws IOException {
        return new FolderPlace(folder, FolderStore.open(folder, state, admission, Clock.systemUTC(), changed), rescan);
    }

    @Override
    public void start() throws IOException {
        store.firstScan();
        watch = FolderWatch.start(store, folder, rescan);
    }

    @Override
    public boolean isComplete() {
        return watch != null;
    }

    @Override
    public ConfigStore store() {
        return store;
    }

    @Override
    public void recheck() {
        store.recheck();
    }

    @Override
    public Cluster cluster() {
        return Cluster.EMPTY;
    }

    @Override
    public boolean inCluster() {
        return false;
    }

    @Override
    public Map<String, Object> details() {
        return Map.of("folder", folder.toAbsolutePath().toString());
    }

    @Override
    public void close() throws IOException {
        if (watch != null) {
            watch.close();
        }
    }
}
