package io.weft.sidecar.xds;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Clusters or listeners: accepted, in force, those between, and those that could not be put in force. */
final class Warmed<T> {
    final Map<String, Held<T>> accepted = new LinkedHashMap<>();
    final Map<String, Held<T>> active = new LinkedHashMap<>();
    /** Wanted by the control plane, not in force: the last good one of the name, if there is one, stays. */
    final Map<String, Refusal<T>> refused = new LinkedHashMap<>();
    /** Name → when it is no longer waited for. */
    final Map<String, Long> warming = new LinkedHashMap<>();

    record Refusal<T>(Held<T> held, String reason) {}

    /** All that is kept, the refused too: a server must not fill the heap with what nobody can use. */
    Set<String> names() {
        Set<String> names = new HashSet<>(accepted.keySet());
        names.addAll(refused.keySet());
        return names;
    }

    /**
     * Not accepted then, and the next stream does not say so: else the control plane would never send it again.
     *
     * @return whether that is news: one that is tried again may be refused for the same reason many times
     */
    boolean refuse(ConfigTarget.Refused problem, @Nullable Held<T> held) {
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

    /** Has what was refused wait to be put in force again, until {@code deadline}. */
    void retryRefused(long deadline) {
        refused.forEach((name, refusal) -> {
            accepted.put(name, refusal.held());
            warming.putIfAbsent(name, deadline);
        });
    }
}
