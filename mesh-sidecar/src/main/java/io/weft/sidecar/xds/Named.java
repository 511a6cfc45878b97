package io.weft.sidecar.xds;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Endpoints, routes or secrets: asked for by name as long as something refers to them, and in force as they come. */
final class Named<T> {
    /** Under one name in the log with all else that happens to the configuration. */
    private static final Logger log = LoggerFactory.getLogger(LiveConfig.class);

    private final ResourceKind kind;
    private final Intake intake;
    private final Intake.Parse<T> parse;
    private final Apply<T> target;
    private final Map<String, Held<T>> held = new LinkedHashMap<>();
    /** Names the server said it does not have: they are not waited for. */
    private final Set<String> absent = new HashSet<>();
    private Set<String> wanted = Set.of();

    Named(ResourceKind kind, Intake intake, Intake.Parse<T> parse, Apply<T> target) {
        this.kind = kind;
        this.intake = intake;
        this.parse = parse;
        this.target = target;
    }

    /** Takes a response; returns what is wrong with it. */
    List<String> accept(Update update) {
        List<String> problems = new ArrayList<>();
        Map<String, Held<T>> good = intake.read(update, held.keySet(), parse, problems);
        // What was not asked for, or no longer is, may cross our unsubscription on the way: not an error, and not kept.
        good.keySet().retainAll(wanted);
        List<T> changed = new ArrayList<>(good.size());
        good.values().forEach(h -> changed.add(h.parsed()));
        List<ConfigTarget.Refused> refused = changed.isEmpty() ? List.of() : target.apply(changed, List.of());
        refused.forEach(r -> {
            problems.add(Nack.line(kind, r));
            good.remove(r.name());
        });
        held.putAll(good);
        absent.removeAll(good.keySet());
        for (String name : update.removed()) {
            if (wanted.contains(name)) {
                absent.add(name);
                removed(name);
            }
        }
        return problems;
    }

    /** The server has no such resource (any more). Endpoints go; of routes and secrets the last good ones stay, as in Envoy. */
    private void removed(String name) {
        if (!held.containsKey(name)) {
            return;
        }
        if (kind == ResourceKind.ENDPOINTS) {
            held.remove(name);
            report(target.apply(List.of(), List.of(name)));
        } else {
            log.warn("the control plane removed {} {}, which is still in use: the last good one stays", kind.label(), name);
        }
    }

    /** These names are needed from now on, and no others; returns what is to be asked for, if that changed. */
    Optional<Subscription> want(Set<String> names) {
        Set<String> before = wanted;
        if (before.equals(names)) {
            return Optional.empty();
        }
        Set<String> added = new LinkedHashSet<>(names);
        added.removeAll(before);
        Set<String> removed = new LinkedHashSet<>(before);
        removed.removeAll(names);
        wanted = names;
        absent.retainAll(names);
        return Optional.of(new Subscription(kind, added, removed, names));
    }

    void dropUnwanted() {
        List<String> names = new ArrayList<>(held.keySet());
        names.removeAll(wanted);
        names.forEach(held::remove);
        report(target.apply(List.of(), names));
    }

    private static void report(List<ConfigTarget.Refused> refused) {
        refused.forEach(r -> log.warn("configuration: {}: {}", r.name(), r.reason()));
    }

    /** Those of the names that may still come, for people. */
    List<String> missing(Set<String> names) {
        List<String> missing = new ArrayList<>();
        for (String name : names) {
            if (!held.containsKey(name) && !absent.contains(name)) {
                missing.add(kind.label() + " " + name);
            }
        }
        return missing;
    }

    Set<String> wanted() {
        return wanted;
    }

    List<RawResource> raws() {
        return Held.raws(held);
    }
}
