package io.weft.pilot.xds;

import io.grpc.Status;
import io.weft.pilot.generate.GeneratedResource;
import io.weft.pilot.generate.ResourceType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one stream wants of one resource type, what it holds, and what it said to the last response.
 *
 * <p>Subscriptions follow Envoy's xDS protocol page: "How the client specifies what resources to return" for wildcards of both protocols,
 * "Incremental xDS" for re-subscription. A rejected resource counts as held in its rejected version: it travels again only when its content
 * changes. Confined to its connection's loop.
 */
final class TypeSubscription {

    /** A name that does not exist, and the client knows. */
    private static final String ABSENT = "";

    private static final String WILDCARD = "*";
    private static final int MAX_NAME = 1024;

    /** A delta response is cut here, and the rest follows after its acknowledgement: clients bound their messages. */
    private static final int DELTA_BYTES = 1 << 20;

    private final ResourceType type;
    private final boolean delta;
    private final int maxNames;

    private final Set<String> names = new LinkedHashSet<>();
    private final Map<String, String> held = new HashMap<>();
    /** State of the world: what a removal that has to wait needs to be sent again. */
    private final Map<String, GeneratedResource> lastSent = new HashMap<>();

    private boolean begun;
    private boolean wildcard;
    private boolean everNamed;
    private boolean answerDue;

    private @Nullable String outstandingNonce;
    private String sentVersion = "";
    private String ackedVersion = "";
    private @Nullable Instant sentAt;
    private boolean rejected;
    private int rejections;
    private @Nullable String rejectReason;
    private @Nullable Instant rejectedAt;

    TypeSubscription(ResourceType type, boolean delta, int maxNames) {
        this.type = type;
        this.delta = delta;
        this.maxNames = maxNames;
    }

    // what the client says

    void request(AdsRequest request) {
        if (delta) {
            subscribeDelta(request);
        } else {
            subscribeAll(request.subscribe());
        }
    }

    private void subscribeAll(List<String> requested) {
        check(requested);
        boolean first = !begun;
        begun = true;
        answerDue |= first;
        everNamed |= !requested.isEmpty();
        boolean wantsAll = requested.contains(WILDCARD) || type.fullState() && !everNamed;
        Set<String> wanted = new LinkedHashSet<>(requested);
        wanted.remove(WILDCARD);
        // Of everything it had, what it holds is nothing new by its name.
        Set<String> known = wildcard ? held.keySet() : names;
        boolean added = !known.containsAll(wanted) || wantsAll && !wildcard;
        answerDue |= added;
        wildcard = wantsAll;
        names.clear();
        names.addAll(wanted);
        if (!wildcard) {
            forgetAllBut(names);
        }
    }

    private void subscribeDelta(AdsRequest request) {
        check(request.subscribe());
        boolean first = !begun;
        if (first) {
            begun = true;
            answerDue = true;
            checkCount(request.held().size());
            check(request.held().keySet());
            held.putAll(request.held());
            wildcard = type.fullState() && request.subscribe().isEmpty();
        }
        for (String name : request.subscribe()) {
            if (name.equals(WILDCARD)) {
                answerDue |= !wildcard;
                wildcard = true;
                continue;
            }
            names.add(name);
            if (!first || !request.held().containsKey(name)) {
                // A client may have forgotten what it asks for again: it must be sent even if unchanged.
                held.remove(name);
            }
        }
        checkCount(names.size());
        for (String name : request.unsubscribe()) {
            if (name.equals(WILDCARD)) {
                wildcard = false;
                forgetAllBut(names);
            } else if (names.remove(name) && !wildcard) {
                held.remove(name);
            }
        }
    }

    private void forgetAllBut(Set<String> kept) {
        held.keySet().retainAll(kept);
        lastSent.keySet().retainAll(kept);
    }

    private void check(Collection<String> requested) {
        checkCount(requested.size());
        for (String name : requested) {
            if (name.length() > MAX_NAME) {
                throw new AdsRefused(
                        Status.Code.INVALID_ARGUMENT,
                        type.shortName() + ": a resource name of " + name.length() + " characters (expected: <= " + MAX_NAME + ")");
            }
        }
    }

    private void checkCount(int count) {
        if (count > maxNames) {
            throw new AdsRefused(
                    Status.Code.RESOURCE_EXHAUSTED, type.shortName() + ": " + count + " names (expected: <= " + maxNames + ")");
        }
    }

    /** Takes the answer to the outstanding response, if this nonce is that response's. */
    boolean answered(String nonce, @Nullable String error, Instant now) {
        if (!nonce.equals(outstandingNonce)) {
            return false;
        }
        outstandingNonce = null;
        if (error == null) {
            rejected = false;
            rejections = 0;
            ackedVersion = sentVersion;
        } else {
            rejected = true;
            rejections++;
            rejectReason = error.length() > 4096 ? error.substring(0, 4096) : error;
            rejectedAt = now;
        }
        return true;
    }

    // what to tell the client

    /**
     * Compares what the client holds with what there is.
     *
     * @param mayRemove whether resources that are gone may be taken away now; a name that never existed is always told
     */
    Changes changes(SortedMap<String, GeneratedResource> available, boolean mayRemove) {
        List<String> removed = removed(available, mayRemove);
        List<GeneratedResource> changed = new ArrayList<>();
        boolean complete = true;
        long bytes = 0;
        for (GeneratedResource resource : wanted(available)) {
            if (resource.version().equals(held.get(resource.name()))) {
                continue;
            }
            int size = resource.any().getSerializedSize();
            if (delta && bytes > 0 && bytes + size > DELTA_BYTES) {
                complete = false;
                break;
            }
            bytes += size;
            changed.add(resource);
        }
        boolean needed = answerDue || !changed.isEmpty() || !removed.isEmpty() && (delta || type.fullState());
        if (!needed) {
            return Changes.NONE;
        }
        if (!delta && type.fullState()) {
            return new Changes(everything(available, removed), removed, true, true);
        }
        return new Changes(changed, removed, complete, true);
    }

    private Collection<GeneratedResource> wanted(SortedMap<String, GeneratedResource> available) {
        if (wildcard) {
            return available.values();
        }
        List<GeneratedResource> found = new ArrayList<>(names.size());
        for (String name : names) {
            GeneratedResource resource = available.get(name);
            if (resource != null) {
                found.add(resource);
            }
        }
        return found;
    }

    private List<String> removed(SortedMap<String, GeneratedResource> available, boolean mayRemove) {
        List<String> removed = new ArrayList<>();
        held.forEach((name, version) -> {
            if (mayRemove && !version.equals(ABSENT) && !available.containsKey(name)) {
                removed.add(name);
            }
        });
        for (String name : names) {
            if (!held.containsKey(name) && !available.containsKey(name)) {
                removed.add(name);
            }
        }
        return removed;
    }

    /** A full-state response names all that stays, also what has to stay until routes stopped using it. */
    private List<GeneratedResource> everything(SortedMap<String, GeneratedResource> available, List<String> removed) {
        SortedMap<String, GeneratedResource> all = new TreeMap<>();
        lastSent.forEach((name, resource) -> {
            if (!removed.contains(name)) {
                all.put(name, resource);
            }
        });
        wanted(available).forEach(resource -> all.put(resource.name(), resource));
        return new ArrayList<>(all.values());
    }

    void sent(Changes changes, String nonce, String version, Instant now) {
        answerDue = false;
        for (GeneratedResource resource : changes.resources()) {
            held.put(resource.name(), resource.version());
            if (!delta && type.fullState()) {
                lastSent.put(resource.name(), resource);
            }
        }
        for (String name : changes.removed()) {
            lastSent.remove(name);
            if (names.contains(name)) {
                held.put(name, ABSENT);
            } else {
                held.remove(name);
            }
        }
        outstandingNonce = nonce;
        sentVersion = version;
        sentAt = now;
    }

    /** Whether the client does not hold this version. */
    boolean isNews(GeneratedResource resource) {
        return !resource.version().equals(held.get(resource.name()));
    }

    /** Makes resources travel again although they did not change. */
    void forget(Collection<String> resources) {
        for (String name : resources) {
            if (!ABSENT.equals(held.get(name))) {
                held.remove(name);
            }
        }
    }

    // what others need to know

    ResourceType type() {
        return type;
    }

    boolean begun() {
        return begun;
    }

    boolean outstanding() {
        return outstandingNonce != null;
    }

    /** Whether the last response was rejected and none was accepted since. */
    boolean rejected() {
        return rejected;
    }

    int rejections() {
        return rejections;
    }

    @Nullable Instant rejectedAt() {
        return rejectedAt;
    }

    TypeStatus status() {
        String state = sentAt == null ? "NOT SENT" : outstanding() || rejected ? "STALE" : "SYNCED";
        TypeStatus.Nack nack = rejectReason == null || rejectedAt == null ? null : new TypeStatus.Nack(rejectReason, rejectedAt);
        return new TypeStatus(type.typeUrl(), state, sentVersion, ackedVersion, sentAt, nack);
    }
}
