package io.weft.pilot.source.folder;

import io.weft.pilot.disk.AtomicFiles;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.parse.ParseLimits;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Files that change together: first every new text is made and read back, then they are written, and if one cannot be
 * written those before it are put back.
 */
final class StagedEdits {

    private final Path root;
    private final List<Edit> edits = new ArrayList<>();

    /** @param before null if there is no file, @param after null to remove it */
    private record Edit(String name, Path file, @Nullable String before, @Nullable String after, boolean secret) {}

    private StagedEdits(Path root) {
        this.root = root;
    }

    /** Makes the new texts of some files, by name; nothing is written. */
    static StagedEdits of(Path root, SortedMap<String, Map<ObjectKey, Optional<Map<String, ?>>>> changes)
            throws IOException, ConflictException {
        StagedEdits staged = new StagedEdits(root);
        for (Map.Entry<String, Map<ObjectKey, Optional<Map<String, ?>>>> entry : changes.entrySet()) {
            staged.stage(entry.getKey(), entry.getValue());
        }
        return staged;
    }

    private void stage(String name, Map<ObjectKey, Optional<Map<String, ?>>> changes)
            throws IOException, ConflictException {
        Path file = target(name);
        try {
            String before = text(file);
            String after = FileText.edit(name, before == null ? "" : before, changes);
            if (after != null) {
                requireSays(name, after, changes);
            }
            if (after == null || !after.equals(before)) {
                boolean secret = changes.keySet().stream().anyMatch(key -> key.kind() == Kind.SECRET);
                edits.add(new Edit(name, file, before, after, secret));
            }
        } catch (UnreadableException unreadable) {
            throw new IOException(name + " cannot be edited: " + unreadable.getMessage(), unreadable);
        }
    }

    /** What is written must read back the same, and must not take the file beyond what is read. */
    private static void requireSays(String name, String text, Map<ObjectKey, Optional<Map<String, ?>>> changes)
            throws IOException, ConflictException {
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > ParseLimits.MAX_BYTES) {
            throw ConflictException.noRoom(name, ParseLimits.tooLarge(bytes).getMessage());
        }
        ParsedFile read = ParsedFile.parse(name, text, ParsedFile.EMPTY);
        for (Refusal refusal : read.refusals()) {
            if (refusal.document() < 0) {
                throw ConflictException.noRoom(name, refusal.problems().get(0).message());
            }
        }
        for (Map.Entry<ObjectKey, Optional<Map<String, ?>>> change : changes.entrySet()) {
            ParsedFile.Good good = read.good().get(change.getKey());
            if (!Optional.ofNullable(good).map(ParsedFile.Good::document).equals(change.getValue())) {
                throw new IOException("what would be written to " + name + " does not read back the same");
            }
        }
    }

    /** Somebody may be saving one of the files in an editor: his work is not overwritten. */
    private void requireUnchanged() throws IOException, ConflictException {
        for (Edit edit : edits) {
            try {
                String now = text(edit.file());
                if (now == null ? edit.before() != null : !now.equals(edit.before())) {
                    throw ConflictException.beingEdited(edit.name());
                }
            } catch (UnreadableException unreadable) {
                throw ConflictException.beingEdited(edit.name());
            }
        }
    }

    void write() throws IOException, ConflictException {
        requireUnchanged();
        Deque<Edit> done = new ArrayDeque<>();
        try {
            for (Edit edit : edits) {
                done.push(edit);
                save(edit, edit.after());
            }
        } catch (IOException failed) {
            for (Edit edit : done) {
                try {
                    save(edit, edit.before());
                } catch (IOException again) {
                    failed.addSuppressed(again);
                }
            }
            throw failed;
        }
    }

    private static void save(Edit edit, @Nullable String text) throws IOException {
        if (text == null) {
            Files.deleteIfExists(edit.file());
        } else if (edit.secret()) {
            AtomicFiles.writePrivate(edit.file(), text.getBytes(StandardCharsets.UTF_8));
        } else {
            AtomicFiles.writeShared(edit.file(), text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static @Nullable String text(Path file) throws IOException, UnreadableException {
        return Files.exists(file) ? FolderFiles.read(file) : null;
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
}
