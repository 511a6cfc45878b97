package io.weft.sidecar.xds;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clusters or listeners: accepted, in force, those between, and those that could not be put in force. One comes into force when all it needs is here, or when
 * it has waited long enough; a removed one goes at once.
 */
final class Warmed<T> {
    /** Under one name in the log with all else that happens to the configuration. */
    private static final Logger log = LoggerFactory.getLogger(LiveConfig.class);

    private final ResourceKind kind;
    private final Intake intake;
    private final Intake.Parse<T> parse;
    private final Apply<T> target;
    private final FetchTimeout timeout;
    private final Map<String, Held<T>> accepted = new LinkedHashMap<>();
    private final Map<String, Held<T>> active = new LinkedHashMap<>();
    /** Wanted by the control plane, not in force: the last good one of the name, if there is one, stays. */
    private final Map<String, Refusal<T>> refused = new LinkedHashMap<>();
    /** Name → when it is no longer waited for. */
    private final Map<String, Long> warming = new LinkedHashMap<>();

    private record Refusal<T>(Held<T> held, String reason) {}

    Warmed(ResourceKind kind, Intake intake, Intake.Parse<T> parse, Apply<T> target, FetchTimeout timeout) {
        this.kind = kind;
        this.intake = intake;
        this.parse = parse;
        this.target = target;
        this.timeout = timeout;
    }

    /** Takes a response; returns what is wrong with it. What is good and new is warming then. */
    List<String> accept(Update update) {
        List<String> problems = new ArrayList<>();
        Map<String, Held<T>> good = intake.read(update, names(), parse, problems);
        for (Map.Entry<String, Held<T>> entry : good.entrySet()) {
            refused.remove(entry.getKey());
            accepted.put(entry.getKey(), entry.getValue());
            Held<T> inForce = active.get(entry.getKey());
            if (inForce != null && inForce.parsed().equals(entry.getValue().parsed())) {
                warming.remove(entry.getKey());
            } else {
                // What is changed again while it is waited for does not wait anew: else one that changes often never comes into force.
                warming.putIfAbsent(entry.getKey(), timeout.deadline());
            }
        }
        Set<String> gone = new LinkedHashSet<>(update.removed());
        if (update.full()) {
            gone.addAll(names());
            update.resources().forEach(raw -> gone.remove(Intake.nameOf(kind, raw)));
        }
        gone.removeAll(good.keySet());
        gone.forEach(refused::remove);
        gone.retainAll(accepted.keySet());
        if (!gone.isEmpty()) {
            gone.forEach(accepted::remove);
            gone.forEach(warming::remove);
            List<String> inForce = gone.stream().filter(name -> active.remove(name) != null).toList();
            target.apply(List.of(), inForce).forEach(r -> problems.add(Nack.line(kind, r)));
        }
        return problems;
    }

    /** All that is kept, the refused too: a server must not fill the heap with what nobody can use. */
    private Set<String> names() {
        Set<String> names = new HashSet<>(accepted.keySet());
        names.addAll(refused.keySet());
        return names;
    }

    /**
     * Puts in force what has become ready.
     *
     * @param missing what is not here of what one needs
     * @return news of what could not be put in force
     */
    List<String> promote(Function<Needs, List<String>> missing) {
        Map<String, Held<T>> ready = new LinkedHashMap<>();
        for (Map.Entry<String, Long> entry : warming.entrySet()) {
            Held<T> held = accepted.get(entry.getKey());
            List<String> absent = missing.apply(held.needs());
            boolean late = timeout.passed(entry.getValue());
            if (late && !absent.isEmpty()) {
                log.warn("{} {}: used without {}, which did not come in time", kind.label(), entry.getKey(), absent);
            }
            if (absent.isEmpty() || late) {
                ready.put(entry.getKey(), held);
            }
        }
        if (ready.isEmpty()) {
            return List.of();
        }
        ready.keySet().forEach(warming::remove);
        List<String> problems = new ArrayList<>();
        for (ConfigTarget.Refused problem : target.apply(ready.values().stream().map(Held::parsed).toList(), List.of())) {
            if (refuse(problem, ready.remove(problem.name()))) {
                problems.add(Nack.line(kind, problem));
            }
        }
        ready.keySet().forEach(refused::remove);
        active.putAll(ready);
        return problems;
    }

    /**
     * Not accepted then, and the next stream does not say so: else the control plane would never send it again.
     *
     * @return whether that is news: one that is tried again may be refused for the same reason many times
     */
    private boolean refuse(ConfigTarget.Refused problem, @Nullable Held<T> held) {
        if (held == null) {
            return true;
        }
        String name = problem.name();
        Refusal<T> before = refused.put(name, new Refusal<>(held, problem.reason()));
        Held<T> lastGood = active.get(name);
        if (lastGood == null) {
            accepted.remove(name);
        } else {
            accepted.put(name, lastGood);
        }
        return before == null || !Objects.equals(before.reason(), problem.reason());
    }

    /** Has what was refused wait to be put in force again. */
    void retryRefused() {
        long deadline = timeout.deadline();
        refused.forEach((name, refusal) -> {
            accepted.put(name, refusal.held());
            warming.putIfAbsent(name, deadline);
        });
    }

    /** How many could not be put in force. */
    int refused() {
        return refused.size();
    }

    /** Whether any is waiting for what it needs. */
    boolean warming() {
        return !warming.isEmpty();
    }

    /** What those need that are waiting. */
    List<Needs> warmingNeeds() {
        return warming.keySet().stream().map(name -> accepted.get(name).needs()).toList();
    }

    List<Needs> acceptedNeeds() {
        return accepted.values().stream().map(Held::needs).toList();
    }

    List<Needs> refusedNeeds() {
        return refused.values().stream().map(refusal -> refusal.held().needs()).toList();
    }

    /** All that was accepted, as it came. */
    List<RawResource> raws() {
        return Held.raws(accepted);
    }
}
