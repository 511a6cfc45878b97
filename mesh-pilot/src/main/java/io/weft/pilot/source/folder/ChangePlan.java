package io.weft.pilot.source.folder;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.ConfigSnapshot;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ConfigStore.Outcome;
import io.weft.pilot.source.ConfigStore.Result;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.Refusal;
import io.weft.pilot.source.StoredDocument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What changes of objects mean for the folder's files, and what will become of each; nothing is written. */
final class ChangePlan {

    private final ConfigSnapshot current;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final SortedMap<String, Map<ObjectKey, Optional<Map<String, ?>>>> edits = new TreeMap<>();

    private ChangePlan(ConfigSnapshot current) {
        this.current = current;
    }

    /**
     * Plans changes that are made together.
     *
     * @param changes no two of one object
     * @param current what is in force
     */
    static ChangePlan of(List<Change> changes, ConfigSnapshot current) throws ConflictException {
        ChangePlan plan = new ChangePlan(current);
        Set<ObjectKey> keys = new HashSet<>();
        for (Change change : changes) {
            if (!keys.add(change.key())) {
                throw new IllegalArgumentException("changed twice: " + change.key());
            }
            plan.outcomes.add(plan.add(change));
        }
        return plan;
    }

    /** Of each change, in order. */
    List<Outcome> outcomes() {
        return outcomes;
    }

    /** By file, the new documents of objects; empty for one that goes. */
    SortedMap<String, Map<ObjectKey, Optional<Map<String, ?>>>> edits() {
        return edits;
    }

    /** Says what a change will do, and adds its edits of files. */
    private Outcome add(Change change) throws ConflictException {
        ObjectKey key = change.key();
        AcceptedObject before = current.objects().get(key);
        change.requireSeen(before);
        Map<String, ?> document = change.document();
        if (document == null) {
            if (before == null) {
                return new Outcome(key, Result.NOT_FOUND, null);
            }
            holders(key, before).forEach(file -> edit(file).put(key, Optional.empty()));
            return new Outcome(key, Result.DELETED, before);
        }
        Map<String, ?> stored = StoredDocument.of(document);
        if (before == null) {
            edit(newFile(key)).put(key, Optional.of(stored));
            return new Outcome(key, Result.CREATED, null);
        }
        boolean same = StoredDocument.same(before.document(), stored);
        edit(before.file()).put(key, Optional.of(same ? before.document() : stored));
        return new Outcome(key, same ? Result.UNCHANGED : Result.CONFIGURED, before);
    }

    private Map<ObjectKey, Optional<Map<String, ?>>> edit(String file) {
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

    private static String newFile(ObjectKey key) {
        String name = key.kind().plural() + "." + key.namespace() + "." + key.name();
        // A file's name has at most 255 bytes.
        boolean fits = name.length() < 240;
        String unique = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
        return (fits ? name : name.substring(0, 200) + "." + unique) + ".yaml";
    }
}
