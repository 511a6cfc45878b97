package io.weft.pilot.registry.entry;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.model.WorkloadSpec;
import io.weft.pilot.registry.EndpointTls;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.WorkloadRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The workloads of the mesh, and which of them a selector means. */
final class Workloads {

    private final MeshSettings settings;
    private final EndpointTls tls;
    private final Map<Label, List<Labelled<WorkloadEntry>>> entries = new HashMap<>();
    private final Map<Label, List<Labelled<WorkloadGroup>>> groups = new HashMap<>();
    private final Map<ObjectKey, WorkloadGroup> groupsByKey = new HashMap<>();
    private final Map<ObjectKey, Boolean> reports;

    /** @param reports what registered workloads said of their health; a workload without report has none here */
    Workloads(
            MeshSettings settings,
            List<WorkloadEntry> entries,
            List<WorkloadGroup> groups,
            Map<ObjectKey, Boolean> reports,
            EndpointTls tls) {
        this.settings = settings;
        this.tls = tls;
        this.reports = reports;
        entries.forEach(entry -> index(this.entries, entry.namespace(), entry, labels(entry)));
        for (WorkloadGroup group : groups) {
            Map<String, String> labels = new HashMap<>(group.labels());
            labels.putAll(group.template().labels());
            index(this.groups, group.namespace(), group, labels);
            groupsByKey.putIfAbsent(group.key(), group);
        }
    }

    /** One label of something in a namespace: what selectors are looked up by. */
    private record Label(String namespace, String name, String value) {}

    private record Labelled<T>(T object, Map<String, String> labels) {}

    private static <T> void index(
            Map<Label, List<Labelled<T>>> index, String namespace, T object, Map<String, String> labels) {
        Labelled<T> labelled = new Labelled<>(object, labels);
        labels.forEach((name, value) -> index.computeIfAbsent(
                        new Label(namespace, name, value), label -> new ArrayList<>())
                .add(labelled));
    }

    /** With all of these labels: looked for among those with the rarest of them. */
    private static <T> List<T> selected(
            Map<Label, List<Labelled<T>>> index, String namespace, Map<String, String> selector) {
        List<Labelled<T>> fewest = null;
        for (Map.Entry<String, String> wanted : selector.entrySet()) {
            List<Labelled<T>> with =
                    index.getOrDefault(new Label(namespace, wanted.getKey(), wanted.getValue()), List.of());
            fewest = fewest == null || with.size() < fewest.size() ? with : fewest;
        }
        if (fewest == null) {
            return List.of();
        }
        return fewest.stream()
                .filter(found -> found.labels().entrySet().containsAll(selector.entrySet()))
                .map(Labelled::object)
                .toList();
    }

    /** Workloads of a namespace with all of these labels; none for an empty selector. */
    List<WorkloadEntry> selected(String namespace, Map<String, String> selector) {
        return selected(entries, namespace, selector);
    }

    /**
     * Identities of the workloads a selector means, and of the groups whose workloads it would mean: so a service's accounts
     * do not change when its last workload goes or its first one comes.
     */
    Set<String> accounts(String namespace, Map<String, String> selector) {
        Set<String> accounts = new TreeSet<>();
        for (WorkloadEntry entry : selected(namespace, selector)) {
            String id = spiffeId(namespace, entry.spec());
            if (id != null) {
                accounts.add(id);
            }
        }
        for (WorkloadGroup group : selected(groups, namespace, selector)) {
            accounts.add(settings.spiffeId(namespace, group.serviceAccount()));
        }
        return accounts;
    }

    /** Metadata's labels count too, and win. */
    static Map<String, String> labels(WorkloadEntry entry) {
        Map<String, String> labels = new HashMap<>(entry.spec().labels());
        labels.putAll(entry.meta().labels());
        return labels;
    }

    @Nullable String spiffeId(String namespace, WorkloadSpec spec) {
        String account = spec.serviceAccount();
        return account == null || account.isEmpty() ? null : settings.spiffeId(namespace, account);
    }

    /** One port of a workload as an endpoint. */
    MeshEndpoint endpoint(WorkloadEntry entry, int port, int servicePort) {
        WorkloadSpec spec = entry.spec();
        String group = entry.meta().annotations().get(WorkloadRegistry.GROUP_ANNOTATION);
        return endpoint(
                spec,
                entry.namespace(),
                group == null ? entry.name() : group,
                labels(entry),
                health(entry),
                port,
                workloadPort(entry, port),
                servicePort);
    }

    /** The port that the sidecar of a registered workload stands in for; of others, the one where they are connected to. */
    private int workloadPort(WorkloadEntry entry, int port) {
        WorkloadGroup group = group(entry);
        if (group == null) {
            return port;
        }
        return entry.spec().ports().entrySet().stream()
                .filter(at -> at.getValue() == port)
                .map(at -> group.template().ports().get(at.getKey()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(port);
    }

    /** A port of something that is its own: nothing stands in for it. */
    MeshEndpoint endpoint(
            WorkloadSpec spec,
            String namespace,
            String workload,
            Map<String, String> labels,
            MeshEndpoint.Health health,
            int port,
            int servicePort) {
        return endpoint(spec, namespace, workload, labels, health, port, port, servicePort);
    }

    private MeshEndpoint endpoint(
            WorkloadSpec spec,
            String namespace,
            String workload,
            Map<String, String> labels,
            MeshEndpoint.Health health,
            int port,
            int workloadPort,
            int servicePort) {
        Integer weight = spec.weight();
        return new MeshEndpoint(
                orEmpty(spec.address()),
                port,
                servicePort,
                labels,
                namespace,
                orEmpty(spec.serviceAccount()),
                spiffeId(namespace, spec),
                tls.of(namespace, labels, workloadPort),
                orEmpty(spec.locality()),
                weight == null || weight == 0 ? 1 : weight,
                health,
                orEmpty(spec.network()),
                workload);
    }

    private MeshEndpoint.Health health(WorkloadEntry entry) {
        WorkloadGroup group = group(entry);
        Boolean report = reports.get(entry.key());
        if (report != null) {
            return report ? MeshEndpoint.Health.HEALTHY : MeshEndpoint.Health.UNHEALTHY;
        }
        return group != null && group.probe() != null ? MeshEndpoint.Health.UNREPORTED : MeshEndpoint.Health.HEALTHY;
    }

    /** The group a registered workload belongs to. */
    @Nullable WorkloadGroup group(WorkloadEntry entry) {
        String name = entry.meta().annotations().get(WorkloadRegistry.GROUP_ANNOTATION);
        return name == null ? null : groupsByKey.get(new ObjectKey(Kind.WORKLOAD_GROUP, entry.namespace(), name));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
