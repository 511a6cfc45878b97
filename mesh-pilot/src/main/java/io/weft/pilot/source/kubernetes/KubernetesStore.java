package io.weft.pilot.source.kubernetes;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Kind;
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
import io.weft.pilot.source.ReadOnlyException;
import io.weft.pilot.source.Refusal;
import io.weft.pilot.source.RefusalLog;
import io.weft.pilot.source.StoredDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server's objects. A bad one keeps the last good version of itself in force, also over a restart, and hurts no other. Nothing is written there:
 * mesh-pilot's REST has no users, and whoever reaches it would write with mesh-pilot's rights.
 */
final class KubernetesStore implements ConfigStore {

    private static final Logger log = LoggerFactory.getLogger(KubernetesStore.class);

    private final Ledger ledger;
    private final Admission admission;
    private final Predicate<String> namespaces;
    private final String server;
    private final RefusalLog told = new RefusalLog();
    private final Map<ObjectKey, SeenObject> seen = new LinkedHashMap<>();

    /** What was in force when the last process ended, until this one has published. */
    private Map<ObjectKey, AcceptedObject> before;

    private boolean kept = true;
    private volatile boolean waiting;
    private volatile ConfigSnapshot current = ConfigSnapshot.EMPTY;

    /**
     * A store without objects yet.
     *
     * @param namespaces whether objects of a namespace count
     * @param server to tell people
     */
    KubernetesStore(Ledger ledger, Admission admission, Predicate<String> namespaces, String server) throws IOException {
        this.ledger = ledger;
        this.admission = admission;
        this.namespaces = namespaces;
        this.server = server;
        this.before = ledger.read();
    }

    @Override
    public ConfigSnapshot current() {
        return current;
    }

    synchronized void put(SeenObject object) {
        seen.put(object.key(), object);
    }

    synchronized void remove(ObjectKey key) {
        seen.remove(key);
    }

    /** Whether something is refused only by what else there is. */
    boolean isWaiting() {
        return waiting;
    }

    /** Puts what was seen into force. Says whether that is a change. */
    synchronized boolean publish() {
        Map<ObjectKey, AcceptedObject> last = new HashMap<>();
        Map<ObjectKey, AcceptedObject> candidates = new LinkedHashMap<>();
        List<Refusal> refusals = new ArrayList<>();
        List<ConfigObject> standIns = new ArrayList<>();
        for (SeenObject object : seen.values()) {
            ObjectKey key = object.key();
            if (!namespaces.test(key.namespace())) {
                continue;
            }
            AcceptedObject old = before.get(key);
            if (old != null && object.isLaterThan(old)) {
                last.put(key, old);
            }
            if (object.good() != null) {
                candidates.put(key, object.good());
                continue;
            }
            List<Problem> problems = new ArrayList<>(object.problems());
            StandIn standIn = object.standIn();
            boolean lives = last.containsKey(key);
            if (lives) {
                candidates.put(key, last.get(key));
            } else if (standIn != null) {
                standIns.add(standIn.object());
                problems.add(new Problem("", standIn.note()));
            }
            refusals.add(new Refusal(object.place(), -1, key, problems, lives));
        }
        Map<ObjectKey, List<Problem>> inadmissible = inadmissible(candidates, last);
        inadmissible.forEach((key, problems) -> {
            AcceptedObject old = last.get(key);
            AcceptedObject refused = old == null ? candidates.remove(key) : candidates.replace(key, old);
            refusals.add(new Refusal(refused == null ? "" : refused.file(), -1, key, problems, old != null));
        });
        waiting = !inadmissible.isEmpty();
        boolean changed = !sameConfiguration(candidates, current.objects()) || !standIns.equals(current.standIns());
        kept &= !changed;
        current = new ConfigSnapshot(candidates, refusals, standIns);
        before = current.objects();
        told.tell(refusals);
        if (changed) {
            log.info("{} objects in force, {} refused", candidates.size(), refusals.size());
        }
        return changed;
    }

    private Map<ObjectKey, List<Problem>> inadmissible(
            Map<ObjectKey, AcceptedObject> candidates, Map<ObjectKey, AcceptedObject> last) {
        Map<ObjectKey, AdmissionRound.Proposal> proposals = new LinkedHashMap<>();
        candidates.forEach((key, object) -> proposals.put(key, new AdmissionRound.Proposal(object.object(), object.document())));
        return AdmissionRound.refused(proposals, last, admission);
    }

    /** Somebody's note in an object's status is a new version of it, and no change. */
    private static boolean sameConfiguration(Map<ObjectKey, AcceptedObject> some, Map<ObjectKey, AcceptedObject> others) {
        if (!some.keySet().equals(others.keySet())) {
            return false;
        }
        for (Map.Entry<ObjectKey, AcceptedObject> entry : some.entrySet()) {
            AcceptedObject other = others.get(entry.getKey());
            boolean same = other.document().equals(entry.getValue().document())
                    && other.uid().equals(entry.getValue().uid());
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** Writes down what is in force, if that has changed. Secrets are not: the API server is the only one to keep them. */
    synchronized void keep() {
        if (kept) {
            return;
        }
        try {
            ledger.write(current.objects().values().stream()
                    .filter(object -> object.object().meta().kind() != Kind.SECRET)
                    .toList());
            kept = true;
        } catch (IOException failed) {
            log.error("The accepted configuration cannot be kept for a restart", failed);
        }
    }

    @Override
    public List<Outcome> change(List<Change> changes, boolean dryRun)
            throws IOException, ConflictException, InadmissibleException {
        ConfigSnapshot now = current;
        List<Outcome> outcomes = new ArrayList<>();
        for (Change change : changes) {
            AcceptedObject old = now.objects().get(change.key());
            change.requireSeen(old);
            outcomes.add(new Outcome(change.key(), result(change, old), old));
        }
        AdmissionRound.require(changes, outcomes, now.objects(), admission);
        if (dryRun) {
            return outcomes;
        }
        throw new ReadOnlyException("configuration is read from the Kubernetes API server " + server
                + " (expected: write it there, for one with kubectl; here only ?dryRun=All is answered)");
    }

    private static Result result(Change change, @Nullable AcceptedObject old) {
        Map<String, ?> document = change.document();
        if (document == null) {
            return old == null ? Result.NOT_FOUND : Result.DELETED;
        }
        if (old == null) {
            return Result.CREATED;
        }
        return StoredDocument.same(old.document(), StoredDocument.of(document)) ? Result.UNCHANGED : Result.CONFIGURED;
    }
}
