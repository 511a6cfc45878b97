package io.weft.pilot.source.folder;

import io.weft.pilot.disk.AtomicFiles;
import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.UnreadableException;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder's objects: read at every scan, changed by writes. One lock; readers take the last snapshot without it.
 */
public final class FolderStore implements ConfigStore {

    private static final Logger log = LoggerFactory.getLogger(FolderStore.class);

    /** A file written to this shortly ago may be half of what its author is writing. */
    private static final long SETTLED_NANOS = 20_000_000;
    /** An editor that truncates first shows an empty file: believe that only after a while. */
    private static final long EMPTY_NANOS = 1_000_000_000;
    /** Half a file that happens to read well has fewer objects than the whole one: believe that only after a while, too. */
    private static final long FEWER_NANOS = 300_000_000;
    /** Clocks of two processors, or of a file system and ours, may be so far apart; a time further in the future says nothing. */
    private static final long CLOCK_SKEW_NANOS = 2_000_000_000;
    /** An editor that renames first shows no file for a moment. */
    private static final long MISSING_NANOS = 50_000_000;

    private final Path root;
    private final FolderFiles files;
    private final Ledger ledger;
    private final Admission admission;
    private final Clock clock;
    private final Runnable changed;
    private final SortedMap<String, View> views = new TreeMap<>();
    /** Files not found at the last scan, and when that was seen first. */
    private final Map<String, Long> missing = new HashMap<>();

    /** Files with fewer objects than before, and when each was first seen so. */
    private final Map<String, Seen> fewer = new HashMap<>();

    private final RefusalLog told = new RefusalLog();
    /** Whether something is refused only by what else there is. */
    private boolean waiting;
    /** Why the folder cannot be looked into now; empty: it can. */
    private String away = "";
    private volatile ConfigSnapshot current = ConfigSnapshot.EMPTY;

    /** @param file where it stands */
    private record Candidate(ParsedFile.Good good, String file) {}

    private record Seen(FolderFiles.Found found, long nanos) {}

    private record View(FolderFiles.@Nullable Found found, ParsedFile content) {}

    /** What a scan found. @param unsettled whether some file should be looked at again soon */
    record Scan(boolean unsettled, List<Path> folders) {}

    private FolderStore(Path root, Ledger ledger, Admission admission, Clock clock, Runnable changed) {
        this.root = root;
        this.files = new FolderFiles(root);
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
        Map<String, Map<ObjectKey, ParsedFile.Good>> byFile = new TreeMap<>();
        kept.forEach((key, accepted) -> byFile.computeIfAbsent(accepted.file(), file -> new LinkedHashMap<>())
                .put(key, new ParsedFile.Good(accepted.object(), accepted.document(), 0)));
        byFile.forEach((file, good) -> views.put(file, new View(null, new ParsedFile(good, List.of()))));
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
        boolean changes = dropMissing(listing.files().keySet(), impatientWith);
        boolean unsettled = !missing.isEmpty();
        for (Map.Entry<String, FolderFiles.Found> entry : listing.files().entrySet()) {
            String name = entry.getKey();
            FolderFiles.Found found = entry.getValue();
            View view = views.get(name);
            long age = age(found);
            if (view != null && found.sameAs(view.found()) && (age > 2 * EMPTY_NANOS || found.real() == null)) {
                continue;
            }
            boolean patient = !impatientWith.test(name);
            boolean hadObjects = view != null && !view.content().good().isEmpty();
            boolean emptied = found.size() == 0 && found.real() != null && hadObjects && age < EMPTY_NANOS;
            if (patient && (age < SETTLED_NANOS || emptied)) {
                unsettled = true;
                continue;
            }
            ParsedFile content = read(name, found, view == null ? ParsedFile.EMPTY : view.content());
            if (patient && (hadObjects && isFewer(content, view.content()) && !lasts(name, found) || !files.isStill(found))) {
                unsettled = true;
                continue;
            }
            fewer.remove(name);
            changes |= view == null || !content.equals(view.content());
            views.put(name, new View(found, content));
        }
        if (changes) {
            publish();
        }
        return new Scan(unsettled, listing.folders());
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

    /** Forgets files that are gone; an editor may only be about to put the new one in the old one's place. */
    private boolean dropMissing(Set<String> listed, Predicate<String> impatientWith) {
        boolean changes = false;
        long now = System.nanoTime();
        missing.keySet().removeAll(listed);
        for (String name : List.copyOf(views.keySet())) {
            if (listed.contains(name)) {
                continue;
            }
            boolean patient = !impatientWith.test(name);
            long since = missing.computeIfAbsent(name, first -> now);
            if (!patient || now - since > MISSING_NANOS) {
                views.remove(name);
                missing.remove(name);
                changes = true;
            }
        }
        return changes;
    }

    /**
     * Whether a file with fewer objects has stood so for a while, by our own clock: its time of change says nothing, because a file system may show a
     * file that is being truncated as empty and old.
     */
    private boolean lasts(String name, FolderFiles.Found found) {
        long now = System.nanoTime();
        Seen first = fewer.get(name);
        if (first == null || !found.sameAs(first.found())) {
            fewer.put(name, new Seen(found, now));
            return false;
        }
        return now - first.nanos() >= (found.size() == 0 ? EMPTY_NANOS : FEWER_NANOS);
    }

    private static boolean isFewer(ParsedFile now, ParsedFile before) {
        return !now.good().keySet().containsAll(before.good().keySet());
    }

    private long age(FolderFiles.Found found) {
        Instant now = clock.instant();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        long age = nanos - found.modifiedNanos();
        return age < -CLOCK_SKEW_NANOS ? Long.MAX_VALUE / 4 : Math.max(0, age);
    }

    private static ParsedFile read(String name, FolderFiles.Found found, ParsedFile before) {
        Path real = found.real();
        if (real == null) {
            return ParsedFile.refused(name, before, Objects.requireNonNullElse(found.reason(), "cannot be read"));
        }
        try {
            return ParsedFile.parse(name, FolderFiles.read(real), before);
        } catch (UnreadableException unreadable) {
            return ParsedFile.refused(name, before, unreadable.getMessage());
        } catch (IOException failed) {
            return ParsedFile.refused(name, before, "cannot be read: " + failed.getClass().getSimpleName());
        } catch (RuntimeException broken) {
            // A mistake of ours about one file must not keep the others from being read.
            log.error("{} cannot be read", name, broken);
            return ParsedFile.refused(name, before, "mesh-pilot fails on it; its log says why");
        }
    }

    private void publish() {
        Map<ObjectKey, AcceptedObject> objects = new LinkedHashMap<>();
        List<Refusal> refusals = new ArrayList<>();
        if (!away.isEmpty()) {
            refusals.add(folderAway());
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Map<ObjectKey, Candidate> candidates = new LinkedHashMap<>();
        views.forEach((name, view) -> {
            refusals.addAll(view.content().refusals());
            view.content().good().forEach((key, good) -> {
                Candidate first = candidates.putIfAbsent(key, new Candidate(good, name));
                if (first != null) {
                    Problem duplicate = new Problem("metadata.name", key + " is already defined in " + first.file()
                            + " (expected: one document for each object; POST /weft/v1/apply changes the one that is there)");
                    refusals.add(new Refusal(name, good.index(), key, List.of(duplicate), false));
                }
            });
        });
        Map<ObjectKey, AdmissionRound.Proposal> proposals = new LinkedHashMap<>();
        candidates.forEach((key, candidate) ->
                proposals.put(key, new AdmissionRound.Proposal(candidate.good().object(), candidate.good().document())));
        Map<ObjectKey, List<Problem>> inadmissible = AdmissionRound.refused(proposals, current.objects(), admission);
        candidates.forEach((key, candidate) -> {
            List<Problem> problems = inadmissible.get(key);
            AcceptedObject before = current.objects().get(key);
            if (problems == null) {
                objects.put(key, accept(key, candidate.good(), candidate.file(), now));
                return;
            }
            refusals.add(new Refusal(candidate.file(), candidate.good().index(), key, problems, before != null));
            if (before != null) {
                objects.put(key, new AcceptedObject(before.object(), before.document(), candidate.file(), ""));
            }
        });
        waiting = !inadmissible.isEmpty();
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

    /** The object with the metadata it had if it is unchanged, else with the next version. */
    private AcceptedObject accept(ObjectKey key, ParsedFile.Good good, String file, Instant now) {
        AcceptedObject before = current.objects().get(key);
        ObjectMeta meta = good.object().meta();
        if (before == null) {
            meta = meta.stored(now, ledger.nextVersion(), 1);
        } else {
            ObjectMeta old = before.object().meta();
            boolean same = before.document().equals(good.document());
            meta = same
                    ? meta.stored(old.creationTimestamp(), old.resourceVersion(), old.generation())
                    : meta.stored(old.creationTimestamp(), ledger.nextVersion(), old.generation() + 1);
        }
        return new AcceptedObject(good.object().withMeta(meta), good.document(), file, "");
    }

    @Override
    public synchronized List<Outcome> change(List<Change> changes, boolean dryRun)
            throws IOException, ConflictException, InadmissibleException {
        scan(name -> false);
        SortedMap<String, Map<ObjectKey, Optional<Map<String, ?>>>> edits = new TreeMap<>();
        List<Outcome> outcomes = new ArrayList<>();
        Set<ObjectKey> keys = new HashSet<>();
        for (Change change : changes) {
            if (!keys.add(change.key())) {
                throw new IllegalArgumentException("changed twice: " + change.key());
            }
            outcomes.add(plan(change, edits));
        }
        AdmissionRound.require(changes, outcomes, current.objects(), admission);
        StagedEdits staged = StagedEdits.of(root, edits);
        if (dryRun) {
            return outcomes;
        }
        staged.write();
        // What stays in force after a refusal must not outlive a deletion.
        edits.forEach((file, edited) -> edited.forEach((key, document) -> {
            if (document.isEmpty()) {
                forget(file, key);
            }
        }));
        scan(edits::containsKey);
        if (outcomes.stream().anyMatch(this::isStillThere)) {
            publish();
        }
        List<Outcome> done = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            done.add(inForce(changes.get(i), outcomes.get(i)));
        }
        return done;
    }

    /** Says what a change will do, and adds its edits of files. */
    private Outcome plan(Change change, SortedMap<String, Map<ObjectKey, Optional<Map<String, ?>>>> edits)
            throws ConflictException {
        ObjectKey key = change.key();
        AcceptedObject before = current.objects().get(key);
        change.requireSeen(before);
        Map<String, ?> document = change.document();
        if (document == null) {
            if (before == null) {
                return new Outcome(key, Result.NOT_FOUND, null);
            }
            holders(key, before).forEach(file -> edit(edits, file).put(key, Optional.empty()));
            return new Outcome(key, Result.DELETED, before);
        }
        Map<String, ?> stored = StoredDocument.of(document);
        if (before == null) {
            edit(edits, newFile(key)).put(key, Optional.of(stored));
            return new Outcome(key, Result.CREATED, null);
        }
        boolean same = StoredDocument.same(before.document(), stored);
        edit(edits, before.file()).put(key, Optional.of(same ? before.document() : stored));
        return new Outcome(key, same ? Result.UNCHANGED : Result.CONFIGURED, before);
    }

    private static Map<ObjectKey, Optional<Map<String, ?>>> edit(
            SortedMap<String, Map<ObjectKey, Optional<Map<String, ?>>>> edits, String file) {
        return edits.computeIfAbsent(file, name -> new LinkedHashMap<>());
    }

    /** Every file that says something about the object: one refused as a second would come into force with the first gone. */
    private Set<String> holders(ObjectKey key, AcceptedObject accepted) {
        Set<String> holders = new TreeSet<>(Set.of(accepted.file()));
        for (Refusal refusal : current.refusals()) {
            if (key.equals(refusal.key())) {
                holders.add(refusal.file());
            }
        }
        return holders;
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

    private void forget(String name, ObjectKey key) {
        View view = views.get(name);
        if (view != null) {
            Map<ObjectKey, ParsedFile.Good> good = new LinkedHashMap<>(view.content().good());
            good.remove(key);
            views.put(name, new View(null, new ParsedFile(good, view.content().refusals())));
        }
    }

    private static String newFile(ObjectKey key) {
        String name = key.kind().plural() + "." + key.namespace() + "." + key.name();
        // A file's name has at most 255 bytes.
        boolean fits = name.length() < 240;
        String unique = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        return (fits ? name : name.substring(0, 200) + "." + unique) + ".yaml";
    }
}
