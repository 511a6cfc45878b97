package io.weft.pilot.source;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ConfigStore.Outcome;
import io.weft.pilot.source.ConfigStore.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds everything that would be in force against admission. */
public final class AdmissionRound {

    private final Map<ObjectKey, AcceptedObject> current;
    private final Admission admission;
    private final Map<ObjectKey, ConfigObject> inForce = new LinkedHashMap<>();
    private final Map<ObjectKey, List<Problem>> refused = new HashMap<>();

    private AdmissionRound(Map<ObjectKey, AcceptedObject> current, Admission admission) {
        this.current = current;
        this.admission = admission;
    }

    /** An object that is right in itself, and its document. */
    public record Proposal(ConfigObject object, Map<String, ?> document) {}

    /**
     * What may not come into force, and why. Changed objects are held against each other as they would be; one that is refused stays as it was, and may be in
     * another's way then. New ones come after them, one at a time.
     *
     * @param current what is in force until now
     */
    public static Map<ObjectKey, List<Problem>> refused(
            Map<ObjectKey, Proposal> proposals, Map<ObjectKey, AcceptedObject> current, Admission admission) {
        return new AdmissionRound(current, admission).run(proposals);
    }

    private Map<ObjectKey, List<Problem>> run(Map<ObjectKey, Proposal> proposals) {
        List<ConfigObject> changed = new ArrayList<>();
        List<ConfigObject> added = new ArrayList<>();
        proposals.forEach((key, proposal) -> {
            AcceptedObject before = current.get(key);
            if (before == null) {
                added.add(proposal.object());
                return;
            }
            inForce.put(key, proposal.object());
            if (!before.document().equals(proposal.document())) {
                changed.add(proposal.object());
            }
        });
        while (changed.removeIf(this::isRefused)) {
            refused.keySet().forEach(key -> inForce.put(key, Objects.requireNonNull(current.get(key)).object()));
        }
        for (ConfigObject object : added) {
            if (!isRefused(object)) {
                inForce.put(object.key(), object);
            }
        }
        return refused;
    }

    private boolean isRefused(ConfigObject object) {
        List<Problem> problems = admission.problems(object, inForce.values());
        if (problems.isEmpty()) {
            return false;
        }
        refused.put(object.key(), problems);
        return true;
    }

    /**
     * Holds each object that an author writes against what would be in force after all these changes.
     *
     * @param outcomes what would become of each
     */
    public static void require(
            List<Change> changes, List<Outcome> outcomes, Map<ObjectKey, AcceptedObject> current, Admission admission)
            throws InadmissibleException {
        Map<ObjectKey, ConfigObject> after = new LinkedHashMap<>();
        current.forEach((key, accepted) -> after.put(key, accepted.object()));
        for (Change change : changes) {
            ConfigObject object = object(change);
            if (object == null) {
                after.remove(change.key());
            } else {
                after.put(change.key(), object);
            }
        }
        List<InadmissibleException.Refused> refused = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            ConfigObject object = after.get(changes.get(i).key());
            if (object != null && outcomes.get(i).result() != Result.UNCHANGED) {
                List<Problem> problems = admission.problems(object, after.values());
                if (!problems.isEmpty()) {
                    refused.add(new InadmissibleException.Refused(i, object.key(), problems));
                }
            }
        }
        if (!refused.isEmpty()) {
            throw new InadmissibleException(refused);
        }
    }

    private static @Nullable ConfigObject object(Change change) {
        return change.document() == null ? null : ObjectParser.parse(change.document()).object();
    }
}
