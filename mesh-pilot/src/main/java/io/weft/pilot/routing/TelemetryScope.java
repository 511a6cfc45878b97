package io.weft.pilot.routing;

import io.weft.pilot.model.LogFilter;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.model.Telemetry.Metric;
import io.weft.pilot.model.Telemetry.Mode;
import io.weft.pilot.model.Telemetry.Tag;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the Telemetry objects that hold for a workload say together: mesh, then namespace, then workload, each section by itself. Of several at one level the
 * oldest holds; one with a selector acts in its own namespace only, also in the root namespace.
 *
 * <p>Merging follows the reference mesh's, with one addition: reports to mesh-telemetry (provider {@code weft}) are no log that a user has chosen. Naming
 * other providers does not end them; {@code disabled} by that name, or without any name, does.
 */
public final class TelemetryScope {

    /** Most general first. */
    private final List<Telemetry> levels;

    private TelemetryScope(List<Telemetry> levels) {
        this.levels = List.copyOf(levels);
    }

    public static TelemetryScope of(MeshState state, String namespace, Map<String, String> labels) {
        String root = state.settings().rootNamespace();
        List<Telemetry> levels = new ArrayList<>();
        wide(state, root).ifPresent(levels::add);
        if (!namespace.equals(root)) {
            wide(state, namespace).ifPresent(levels::add);
        }
        state.all(Telemetry.class, namespace).stream()
                .filter(telemetry -> telemetry.selects() && Labels.match(telemetry.selector(), labels))
                .findFirst()
                .ifPresent(levels::add);
        return new TelemetryScope(levels);
    }

    private static Optional<Telemetry> wide(MeshState state, String namespace) {
        return state.all(Telemetry.class, namespace).stream()
                .filter(telemetry -> !telemetry.selects())
                .findFirst();
    }

    /** Those that say something for a whole namespace where an older one has already done so: nothing of them is in force. */
    public static List<Telemetry> shadowed(MeshState state) {
        Set<String> namespaces = new HashSet<>();
        return state.all(Telemetry.class).stream()
                .filter(telemetry -> !telemetry.selects())
                .filter(telemetry -> !namespaces.add(telemetry.namespace()))
                .toList();
    }

    /**
     * Where access logs go, each with its filter, if it has one.
     *
     * @param standard where they go when nobody says anything
     */
    public Map<String, Optional<LogFilter>> accessLogs(Mode side, Set<String> standard) {
        Set<String> inScope = named(side, standard);
        Map<String, Optional<LogFilter>> logs = new LinkedHashMap<>();
        standard.stream().filter(inScope::contains).sorted().forEach(name -> logs.put(name, Optional.empty()));
        List<String> inherited = List.copyOf(standard);
        for (Telemetry level : levels) {
            for (Telemetry.AccessLogging logging : level.accessLogging()) {
                List<String> names = logging.providers().isEmpty() ? inherited : logging.providers();
                inherited = names;
                if (logging.mode().covers(side)) {
                    Set<String> meant = new HashSet<>(names);
                    if (logging.providers().isEmpty() && standard.contains(Telemetry.PROVIDER_COLLECTOR)) {
                        meant.add(Telemetry.PROVIDER_COLLECTOR);
                    }
                    meant.retainAll(inScope);
                    apply(logs, meant, logging);
                }
            }
        }
        return logs;
    }

    private static void apply(Map<String, Optional<LogFilter>> logs, Set<String> names, Telemetry.AccessLogging logging) {
        for (String name : names.stream().sorted().toList()) {
            if (logging.disabled()) {
                logs.remove(name);
            } else {
                logs.put(name, Optional.ofNullable(logging.filter()));
            }
        }
    }

    /** The most specific level that names any says which there are. */
    private Set<String> named(Mode side, Set<String> standard) {
        Set<String> names = new HashSet<>(standard);
        for (Telemetry level : levels) {
            Set<String> here = new HashSet<>();
            level.accessLogging().stream()
                    .filter(logging -> logging.mode().covers(side))
                    .forEach(logging -> here.addAll(logging.providers()));
            if (!here.isEmpty()) {
                names = here;
            }
        }
        if (standard.contains(Telemetry.PROVIDER_COLLECTOR)) {
            names.add(Telemetry.PROVIDER_COLLECTOR);
        }
        return names;
    }

    /** Metrics that are not to be counted on that side; without {@link Metric#ALL_METRICS}. */
    public Set<Metric> disabledMetrics(Mode side) {
        Set<Metric> disabled = EnumSet.noneOf(Metric.class);
        for (Telemetry level : levels) {
            for (Telemetry.Metrics metrics : level.metrics()) {
                for (Telemetry.MetricOverride override : metrics.overrides()) {
                    if (override.mode().covers(side) && override.disabled() != null) {
                        Set<Metric> meant = override.metric() == Metric.ALL_METRICS
                                ? EnumSet.complementOf(EnumSet.of(Metric.ALL_METRICS))
                                : EnumSet.of(override.metric());
                        if (override.disabled()) {
                            disabled.addAll(meant);
                        } else {
                            disabled.removeAll(meant);
                        }
                    }
                }
            }
        }
        return disabled;
    }

    /**
     * Spans of one side.
     *
     * @param sampling percent; null: the mesh's own
     */
    public record Spans(boolean disabled, @Nullable Double sampling, Map<String, Tag> tags) {}

    public Spans spans(Mode side) {
        boolean disabled = false;
        Double sampling = null;
        Map<String, Tag> tags = Map.of();
        for (Telemetry level : levels) {
            for (Telemetry.Tracing tracing : level.tracing()) {
                if (tracing.mode().covers(side)) {
                    disabled = tracing.disabled() == null ? disabled : tracing.disabled();
                    sampling = tracing.sampling() == null ? sampling : tracing.sampling();
                    tags = tracing.tags() == null ? tags : tracing.tags();
                }
            }
        }
        return new Spans(disabled, sampling, tags);
    }
}
