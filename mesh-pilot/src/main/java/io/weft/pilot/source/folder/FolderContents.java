package io.weft.pilot.source.folder;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.source.AcceptedObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What each file of the folder said when it was last believed. Guarded by its store's lock. */
final class FolderContents {

    /** The store's: operators know the folder by one name. */
    private static final Logger log = LoggerFactory.getLogger(FolderStore.class);

    private final FolderFiles files;
    private final Settling settling;
    private final SortedMap<String, View> views = new TreeMap<>();

    /** @param found null if it is to be read again in any case */
    private record View(FolderFiles.@Nullable Found found, ParsedFile content) {}

    /** What reading again came to. @param unsettled whether some file should be looked at again soon */
    record Update(boolean changes, boolean unsettled) {}

    FolderContents(FolderFiles files, Clock clock) {
        this.files = files;
        this.settling = new Settling(clock);
    }

    /** Starts with what was accepted before a restart. */
    void restore(Map<ObjectKey, AcceptedObject> kept) {
        Map<String, Map<ObjectKey, ParsedFile.Good>> byFile = new TreeMap<>();
        kept.forEach((key, accepted) -> byFile.computeIfAbsent(accepted.file(), file -> new LinkedHashMap<>())
                .put(key, new ParsedFile.Good(accepted.object(), accepted.document(), 0)));
        byFile.forEach((file, good) -> views.put(file, new View(null, new ParsedFile(good, List.of()))));
    }

    /** Tells of each file, in order of their names. */
    void forEach(BiConsumer<String, ParsedFile> each) {
        views.forEach((name, view) -> each.accept(name, view.content()));
    }

    /** Reads files that changed. @param impatientWith files that count as they stand, even if they were written a moment ago */
    Update update(SortedMap<String, FolderFiles.Found> listed, Predicate<String> impatientWith) {
        boolean changes = dropMissing(listed.keySet(), impatientWith);
        boolean unsettled = settling.waits();
        for (Map.Entry<String, FolderFiles.Found> entry : listed.entrySet()) {
            String name = entry.getKey();
            FolderFiles.Found found = entry.getValue();
            View view = views.get(name);
            long age = settling.age(found);
            if (view != null && found.sameAs(view.found()) && (Settling.isOld(age) || found.real() == null)) {
                continue;
            }
            boolean patient = !impatientWith.test(name);
            boolean hadObjects = view != null && !view.content().good().isEmpty();
            if (patient && Settling.isYoung(found, age, hadObjects)) {
                unsettled = true;
                continue;
            }
            ParsedFile content = read(name, found, view == null ? ParsedFile.EMPTY : view.content());
            if (patient && (hadObjects && isFewer(content, view.content()) && !settling.lasts(name, found) || !files.isStill(found))) {
                unsettled = true;
                continue;
            }
            settling.believed(name);
            changes |= view == null || !content.equals(view.content());
            views.put(name, new View(found, content));
        }
        return new Update(changes, unsettled);
    }

    /** Forgets files that are gone; an editor may only be about to put the new one in the old one's place. */
    private boolean dropMissing(Set<String> listed, Predicate<String> impatientWith) {
        boolean changes = false;
        long now = System.nanoTime();
        settling.present(listed);
        for (String name : List.copyOf(views.keySet())) {
            if (listed.contains(name)) {
                continue;
            }
            if (impatientWith.test(name) || settling.staysMissing(name, now)) {
                views.remove(name);
                settling.gone(name);
                changes = true;
            }
        }
        return changes;
    }

    private static boolean isFewer(ParsedFile now, ParsedFile before) {
        return !now.good().keySet().containsAll(before.good().keySet());
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

    /** An object of a file does not count as its last good version any more. */
    void forget(String name, ObjectKey key) {
        View view = views.get(name);
        if (view != null) {
            Map<ObjectKey, ParsedFile.Good> good = new LinkedHashMap<>(view.content().good());
            good.remove(key);
            views.put(name, new View(null, new ParsedFile(good, view.content().refusals())));
        }
    }
}
