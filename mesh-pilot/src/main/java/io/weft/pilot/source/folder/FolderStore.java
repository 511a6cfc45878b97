package io.weft.pilot.source.folder;

import io.weft.pilot.disk.AtomicFiles;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.ConfigSnapshot;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.Refusal;
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
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
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
    /** An editor that renames first shows no file for a moment. */
    private static final long MISSING_NANOS = 50_000_000;

    private final Path root;
    private final FolderFiles files;
    private final Ledger ledger;
    private final Clock clock;
    private final Runnable changed;
    private final SortedMap<String, View> views = new TreeMap<>();
    /** Files not found at the last scan, and when that was seen first. */
    private final Map<String, Long> missing = new HashMap<>();

    private Set<String> told = Set.of();
    private volatile ConfigSnapshot current = ConfigSnapshot.EMPTY;

    private record View(FolderFiles.@Nullable Found found, ParsedFile content) {}

    /** What a scan found. @param unsettled whether some file should be looked at again soon */
    record Scan(boolean unsettled, List<Path> folders) {}

    private FolderStore(Path root, Ledger ledger, Clock clock, Runnable changed) {
        this.root = root;
        this.files = new FolderFiles(root);
        this.ledger = ledger;
        this.clock = clock;
        this.changed = changed;
    }

    /**
     * Opens a folder, made if it is not there, with what was last accepted from it.
     *
     * @param root {@code weft.config.dir}
     * @param state {@code weft.pilot.dir}, where the last accepted objects are kept
     * @param changed called after every change of the snapshot, perhaps under the store's lock
     */
    public static FolderStore open(Path root, Path state, Clock clock, Runnable changed) throws IOException {
        Files.createDirectories(root);
        AtomicFiles.createPrivateFolder(state);
        FolderStore store = new FolderStore(root, new Ledger(state), clock, changed);
        store.restore();
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
        return scan(null);
    }

    /** Scans once without patience for files being written: what stands there at start is what counts. */
    public synchronized void firstScan() throws IOException {
        scan("");
    }

    private Scan scan(@Nullable String impatientWith) throws IOException {
        FolderFiles.Listing listing = files.list();
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
            boolean patient = impatientWith == null || !(impatientWith.isEmpty() || impatientWith.equals(name));
            boolean hadObjects = view != null && !view.content().good().isEmpty();
            boolean emptied = found.size() == 0 && found.real() != null && hadObjects && age < EMPTY_NANOS;
            if (patient && (age < SETTLED_NANOS || emptied)) {
                unsettled = true;
                continue;
            }
            ParsedFile content = read(name, found, view == null ? ParsedFile.EMPTY : view.content());
            changes |= view == null || !content.equals(view.content());
            views.put(name, new View(found, content));
        }
        if (changes) {
            publish();
        }
        return new Scan(unsettled, listing.folders());
    }

    /** Forgets files that are gone; an editor may only be about to put the new one in the old one's place. */
    private boolean dropMissing(Set<String> listed, @Nullable String impatientWith) {
        boolean changes = false;
        long now = System.nanoTime();
        missing.keySet().removeAll(listed);
        for (String name : List.copyOf(views.keySet())) {
            if (listed.contains(name)) {
                continue;
            }
            boolean patient = impatientWith == null || !(impatientWith.isEmpty() || impatientWith.equals(name));
            long since = missing.computeIfAbsent(name, first -> now);
            if (!patient || now - since > MISSING_NANOS) {
                views.remove(name);
                missing.remove(name);
                changes = true;
            }
        }
        return changes;
    }

    private long age(FolderFiles.Found found) {
        Instant now = clock.instant();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        long age = nanos - found.modifiedNanos();
        // A time in the future says nothing.
        return age < 0 ? Long.MAX_VALUE / 4 : age;
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
        }
    }

    private void publish() {
        Map<ObjectKey, AcceptedObject> objects = new LinkedHashMap<>();
        List<Refusal> refusals = new ArrayList<>();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        views.forEach((name, view) -> {
            refusals.addAll(view.content().refusals());
            view.content().good().forEach((key, good) -> {
                AcceptedObject first = objects.get(key);
                if (first == null) {
                    objects.put(key, accept(key, good, name, now));
                } else {
                    Problem duplicate = new Problem("metadata.name", key + " is already defined in " + first.file());
                    refusals.add(new Refusal(name, good.index(), key, List.of(duplicate), false));
                }
            });
        });
        boolean sameObjects = objects.equals(current.objects());
        if (!sameObjects) {
            remember(objects);
        }
        current = new ConfigSnapshot(objects, refusals);
        tell(refusals);
        if (!sameObjects) {
            log.info("{} objects in force, {} refused", objects.size(), refusals.size());
            changed.run();
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
        return new AcceptedObject(good.object().withMeta(meta), good.document(), file);
    }

    /** Each refusal is logged once, and again only after it was gone. */
    private void tell(List<Refusal> refusals) {
        Set<String> now = new HashSet<>();
        for (Refusal refusal : refusals) {
            String text = refusal.toString();
            if (now.add(text) && !told.contains(text)) {
                log.warn("Refused: {}", text);
            }
        }
        told = now;
    }

    @Override
    public synchronized AcceptedObject write(
            ObjectKey key, Map<String, ?> document, @Nullable String expectedVersion, WriteMode mode)
            throws IOException, ConflictException {
        scan(null);
        AcceptedObject before = current.objects().get(key);
        if (before != null && mode == WriteMode.CREATE) {
            throw ConflictException.alreadyExists(key.toString());
        }
        requireVersion(key, before, expectedVersion);
        Map<String, Object> stored = StoredDocument.of(document);
        String name = before == null ? newFile(key) : before.file();
        Path file = target(name);
        try {
            String text = text(file);
            String edited = FileText.with(name, text, key, stored);
            if (!FileText.says(name, edited, key, stored)) {
                throw new IOException("what would be written to " + name + " does not read back the same");
            }
            requireUnchanged(name, file, text);
            save(key, file, edited);
        } catch (UnreadableException unreadable) {
            throw new IOException(name + " cannot be edited: " + unreadable.getMessage(), unreadable);
        }
        scan(name);
        AcceptedObject after = current.objects().get(key);
        if (after == null || !after.document().equals(stored)) {
            throw new IOException(key + " was written to " + name + " but is not in force; see /weft/v1/errors");
        }
        return after;
    }

    @Override
    public synchronized @Nullable AcceptedObject delete(ObjectKey key, @Nullable String expectedVersion)
            throws IOException, ConflictException {
        scan(null);
        AcceptedObject before = current.objects().get(key);
        if (before == null) {
            return null;
        }
        requireVersion(key, before, expectedVersion);
        String name = before.file();
        Path file = target(name);
        try {
            String text = text(file);
            String left = FileText.without(name, text, key);
            requireUnchanged(name, file, text);
            if (left == null) {
                Files.deleteIfExists(file);
            } else {
                save(key, file, left);
            }
        } catch (UnreadableException unreadable) {
            throw new IOException(name + " cannot be edited: " + unreadable.getMessage(), unreadable);
        }
        // What stays in force after a refusal must not outlive a deletion.
        forget(name, key);
        scan(name);
        if (before.equals(current.objects().get(key))) {
            publish();
        }
        return before;
    }

    private static String text(Path file) throws IOException, UnreadableException {
        return Files.exists(file) ? FolderFiles.read(file) : "";
    }

    /** Somebody may be saving the same file in an editor: his work is not overwritten. */
    private static void requireUnchanged(String name, Path file, String text)
            throws IOException, UnreadableException, ConflictException {
        if (!text(file).equals(text)) {
            throw ConflictException.beingEdited(name);
        }
    }

    private void forget(String name, ObjectKey key) {
        View view = views.get(name);
        if (view != null) {
            Map<ObjectKey, ParsedFile.Good> good = new LinkedHashMap<>(view.content().good());
            good.remove(key);
            views.put(name, new View(null, new ParsedFile(good, view.content().refusals())));
        }
    }

    private static void requireVersion(ObjectKey key, @Nullable AcceptedObject before, @Nullable String expected)
            throws ConflictException {
        if (expected == null || expected.isEmpty()) {
            return;
        }
        String now = before == null ? "none, it does not exist" : before.object().meta().resourceVersion();
        if (!now.equals(expected)) {
            throw ConflictException.stale(key.toString(), expected, now);
        }
    }

    private static void save(ObjectKey key, Path file, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (key.kind() == Kind.SECRET) {
            AtomicFiles.writePrivate(file, bytes);
        } else {
            AtomicFiles.writeShared(file, bytes);
        }
    }

    /** The file behind a name, links inside the folder followed. */
    private Path target(String name) throws IOException {
        Path realRoot = root.toRealPath();
        Path file = realRoot.resolve(name);
        if (!Files.exists(file)) {
            return file;
        }
        Path real = file.toRealPath();
        if (!real.startsWith(realRoot)) {
            throw new IOException(name + " is a link that leaves the folder");
        }
        return real;
    }

    private static String newFile(ObjectKey key) {
        String name = key.kind().plural() + "." + key.namespace() + "." + key.name();
        // A file's name has at most 255 bytes.
        boolean fits = name.length() < 240;
        String unique = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        return (fits ? name : name.substring(0, 200) + "." + unique) + ".yaml";
    }
}
