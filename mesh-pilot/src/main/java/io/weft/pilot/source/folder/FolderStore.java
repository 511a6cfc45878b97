package io.weft.pilot.source.folder;

import io.weft.pilot.disk.AtomicFiles;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.AdmissionRound;
import io.weft.pilot.source.ConfigSnapshot;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.InadmissibleException;
import io.weft.pilot.source.Ledger;
import io.weft.pilot.source.Refusal;
import io.weft.pilot.source.RefusalLog;
import io.weft.pilot.source.StoredDocument;
import io.weft.pilot.source.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder's objects: read at every scan, changed by writes. One lock; readers take the last snapshot without it.
 */
public final class FolderStore implements ConfigStore {

    private static final Logger log = LoggerFactory.getLogger(FolderStore.class);

    private final Path root;
    private final FolderFiles files;
    private final FolderContents contents;
    private final Ledger ledger;
    private final Admission admission;
    private final Clock clock;
    private final Runnable changed;
    private final RefusalLog told = new RefusalLog();
    /** Whether something is refused only by what else there is. */
    private boolean waiting;
    /** Why the folder cannot be looked into now; empty: it can. */
    private String away = "";
    private volatile ConfigSnapshot current = ConfigSnapshot.EMPTY;

    /** What a scan found. @param unsettled whether some file should be looked at again soon */
    record Scan(boolean unsettled, List<Path> folders) {}

    private FolderStore(Path root, Ledger ledger, Admission admission, Clock clock, Runnable changed) {
        this.root = root;
        this.files = new FolderFiles(root);
        this.contents = new FolderContents(files, clock);
        this.ledger = ledger;
        this.admission = admission;
        this.clock = clock;
        this.changed = changed;
    }

    /**
     * Opens a folder with what was last accepted from it. It is made if it is not there and nothing was: one that is gone is not an empty one.
     *
     * @param root {@code weft.config.dir}
     * @param state {@code weft.pilot.dir}, where the last accepted objects are kept
     * @param admission asked about what is new or changed
     * @param changed called after every change of the snapshot, perhaps under the store's lock
     */
    public static FolderStore open(Path root, Path state, Admission admission, Clock clock, Runnable changed) throws IOException {
        AtomicFiles.createPrivateFolder(state);
        FolderStore store = new FolderStore(root, new Ledger(state.resolve("accepted.jsonl")), admission, clock, changed);
        store.restore();
        if (store.current.objects().isEmpty()) {
            Files.createDirectories(root);
        }
        return store;
    }

    private synchronized void restore() throws IOException {
        Map<ObjectKey, AcceptedObject> kept = ledger.read();
        contents.restore(kept);
        current = new ConfigSnapshot(kept, List.of());
    }

    @Override
    public ConfigSnapshot current() {
        return current;
    }

    /** Looks at every file and reads those that changed. */
    synchronized Scan scan() throws IOException {
        return scan(name -> false);
    }

    /**
     * Scans once without patience for files being written: what stands there at start is what counts. Of a folder that is away what was last accepted does.
     *
     * @throws UnavailableException if it is away and nothing ever was accepted from it
     */
    public synchronized void firstScan() throws IOException {
        try {
            scan(name -> true);
        } catch (UnavailableException awayNow) {
            if (current.objects().isEmpty()) {
                throw awayNow;
            }
        }
    }

    /** @param impatientWith files that count as they stand, even if they were written a moment ago */
    private Scan scan(Predicate<String> impatientWith) throws IOException {
        FolderFiles.Listing listing = list();
        FolderContents.Update update = contents.update(listing.files(), impatientWith);
        if (update.changes()) {
            publish();
        }
        return new Scan(update.unsettled(), listing.folders());
    }

    private FolderFiles.Listing list() throws IOException {
        try {
            FolderFiles.Listing listing = files.list();
            away("");
            return listing;
        } catch (UnavailableException unavailable) {
            away(String.valueOf(unavailable.getMessage()));
            throw unavailable;
        }
    }

    /** Said where operators look for what is refused. */
    private void away(String reason) {
        if (!reason.equals(away)) {
            List<Refusal> refusals = new ArrayList<>(current.refusals());
            refusals.removeIf(refusal -> !away.isEmpty() && refusal.equals(folderAway()));
            away = reason;
            if (!reason.isEmpty()) {
                refusals.add(folderAway());
            }
            current = new ConfigSnapshot(current.objects(), refusals);
            told.tell(refusals);
        }
    }

    private Refusal folderAway() {
        return new Refusal(root.toString(), -1, null, List.of(new Problem("folder", away)), true);
    }

    private void publish() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Acceptance.Accepted result = Acceptance.of(contents, current.objects(), admission, ledger::nextVersion, now);
        Map<ObjectKey, AcceptedObject> objects = result.objects();
        List<Refusal> refusals = new ArrayList<>();
        if (!away.isEmpty()) {
            refusals.add(folderAway());
        }
        refusals.addAll(result.refusals());
        waiting = result.waiting();
        boolean sameObjects = objects.equals(current.objects());
        if (!sameObjects) {
            remember(objects);
        }
        current = new ConfigSnapshot(objects, refusals);
        told.tell(refusals);
        if (!sameObjects) {
            log.info("{} objects in force, {} refused", objects.size(), refusals.size());
            changed.run();
        }
    }

    /** What admission depends on has changed: something that waits may come into force now. */
    public synchronized void recheck() {
        if (waiting) {
            publish();
        }
    }

    private void remember(Map<ObjectKey, AcceptedObject> objects) {
        try {
            ledger.write(objects.values());
        } catch (IOException failed) {
            // A full disk must not keep configuration from taking effect; the next change tries again.
            log.error("The accepted configuration cannot be kept for a restart", failed);
        }
    }

    @Override
    public synchronized List<Outcome> change(List<Change> changes, boolean dryRun)
            throws IOException, ConflictException, InadmissibleException {
        scan(name -> false);
        ChangePlan plan = ChangePlan.of(changes, current);
        List<Outcome> outcomes = plan.outcomes();
        AdmissionRound.require(changes, outcomes, current.objects(), admission);
        StagedEdits staged = StagedEdits.of(root, plan.edits());
        if (dryRun) {
            return outcomes;
        }
        staged.write();
        // What stays in force after a refusal must not outlive a deletion.
        plan.edits().forEach((file, edited) -> edited.forEach((key, document) -> {
            if (document.isEmpty()) {
                contents.forget(file, key);
            }
        }));
        scan(plan.edits()::containsKey);
        if (outcomes.stream().anyMatch(this::isStillThere)) {
            publish();
        }
        List<Outcome> done = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            done.add(inForce(changes.get(i), outcomes.get(i)));
        }
        return done;
    }

    private boolean isStillThere(Outcome outcome) {
        return outcome.result() == Result.DELETED && current.objects().containsKey(outcome.key());
    }

    private Outcome inForce(Change change, Outcome planned) throws IOException {
        Map<String, ?> document = change.document();
        AcceptedObject now = current.objects().get(change.key());
        boolean fits = document == null ? now == null || planned.result() == Result.NOT_FOUND : now != null && StoredDocument.same(now.document(), StoredDocument.of(document));
        if (!fits) {
            throw new IOException(change.key() + " was written but is not in force; see /weft/v1/errors");
        }
        return document == null ? planned : new Outcome(change.key(), planned.result(), now);
    }
}
