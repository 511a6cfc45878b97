package io.weft.pilot.source.folder;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.AdmissionRound;
import io.weft.pilot.source.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What comes into force of everything the files say: of each object one document, if it is admitted. */
final class Acceptance {

    private final Map<ObjectKey, AcceptedObject> before;
    private final Supplier<String> nextVersion;
    private final Instant now;
    private final Map<ObjectKey, Candidate> candidates = new LinkedHashMap<>();
    private final Map<ObjectKey, AcceptedObject> objects = new LinkedHashMap<>();
    private final List<Refusal> refusals = new ArrayList<>();

    /** @param file where it stands */
    private record Candidate(ParsedFile.Good good, String file) {}

    /** What is in force now. @param waiting whether something is refused only by what else there is */
    record Accepted(Map<ObjectKey, AcceptedObject> objects, List<Refusal> refusals, boolean waiting) {}

    private Acceptance(Map<ObjectKey, AcceptedObject> before, Supplier<String> nextVersion, Instant now) {
        this.before = before;
        this.nextVersion = nextVersion;
        this.now = now;
    }

    /**
     * Decides.
     *
     * @param before what is in force until now
     * @param nextVersion for what is new or changed
     * @param now when what is new was created
     */
    static Accepted of(
            FolderContents contents, Map<ObjectKey, AcceptedObject> before, Admission admission, Supplier<String> nextVersion, Instant now) {
        Acceptance acceptance = new Acceptance(before, nextVersion, now);
        contents.forEach(acceptance::nominate);
        return acceptance.decide(admission);
    }

    /** Of two documents of one object the first counts. */
    private void nominate(String file, ParsedFile content) {
        refusals.addAll(content.refusals());
        content.good().forEach((key, good) -> {
            Candidate first = candidates.putIfAbsent(key, new Candidate(good, file));
            if (first != null) {
                Problem duplicate = new Problem("metadata.name", key + " is already defined in " + first.file()
                        + " (expected: one document for each object; POST /weft/v1/apply changes the one that is there)");
                refusals.add(new Refusal(file, good.index(), key, List.of(duplicate), false));
            }
        });
    }

    private Accepted decide(Admission admission) {
        Map<ObjectKey, AdmissionRound.Proposal> proposals = new LinkedHashMap<>();
        candidates.forEach((key, candidate) ->
                proposals.put(key, new AdmissionRound.Proposal(candidate.good().object(), candidate.good().document())));
        Map<ObjectKey, List<Problem>> inadmissible = AdmissionRound.refused(proposals, before, admission);
        candidates.forEach((key, candidate) -> {
            List<Problem> problems = inadmissible.get(key);
            if (problems == null) {
                objects.put(key, accept(key, candidate));
            } else {
                refuse(key, candidate, problems);
            }
        });
        return new Accepted(objects, refusals, !inadmissible.isEmpty());
    }

    /** The object with the metadata it had if it is unchanged, else with the next version. */
    private AcceptedObject accept(ObjectKey key, Candidate candidate) {
        ParsedFile.Good good = candidate.good();
        AcceptedObject last = before.get(key);
        ObjectMeta meta = good.object().meta();
        if (last == null) {
            meta = meta.stored(now, nextVersion.get(), 1);
        } else {
            ObjectMeta old = last.object().meta();
            boolean same = last.document().equals(good.document());
            meta = same
                    ? meta.stored(old.creationTimestamp(), old.resourceVersion(), old.generation())
                    : meta.stored(old.creationTimestamp(), nextVersion.get(), old.generation() + 1);
        }
        return new AcceptedObject(good.object().withMeta(meta), good.document(), candidate.file(), "");
    }

    private void refuse(ObjectKey key, Candidate candidate, List<Problem> problems) {
        AcceptedObject last = before.get(key);
        refusals.add(new Refusal(candidate.file(), candidate.good().index(), key, problems, last != null));
        if (last != null) {
            objects.put(key, new AcceptedObject(last.object(), last.document(), candidate.file(), ""));
        }
    }
}
