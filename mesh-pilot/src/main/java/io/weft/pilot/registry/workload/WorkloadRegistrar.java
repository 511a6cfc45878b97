package io.weft.pilot.registry.workload;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.model.WorkloadSpec;
import io.weft.pilot.registry.WorkloadRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets a proxy into a WorkloadGroup if, and only if, the identity of its stream is the group's service account. Nobody becomes {@code reviews} by
 * saying so.
 */
public final class WorkloadRegistrar {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int MAX_ADDRESS = 45;

    private final WorkloadGroups groups;
    private final WorkloadRegistry registry;
    private final ScheduledExecutorService scheduler;
    private final Duration grace;
    /** Entry → how many streams hold it, so that a quick reconnect (or a second stream) keeps it. */
    private final Map<EntryKey, Integer> holders = new HashMap<>();

    /**
     * Lets proxies into these groups.
     *
     * @param grace how long an entry outlives its last stream
     */
    public WorkloadRegistrar(
            WorkloadGroups groups, WorkloadRegistry registry, ScheduledExecutorService scheduler, Duration grace) {
        this.groups = groups;
        this.registry = registry;
        this.scheduler = scheduler;
        this.grace = grace;
    }

    /**
     * Registers, or registers again, a workload.
     *
     * @throws RegistrationRefused when there is no such group, or the identity, the labels or the ports are not the group's
     */
    public Registration register(RegistrationRequest request) throws RegistrationRefused {
        requireAddress(request.ip());
        WorkloadGroup group = groups.find(request.namespace(), request.group())
                .orElseThrow(() -> new RegistrationRefused(
                        "AUTO_REGISTER_GROUP: there is no WorkloadGroup " + request.namespace() + "/" + request.group()));
        if (!group.serviceAccount().equals(request.account())) {
            throw new RegistrationRefused("AUTO_REGISTER_GROUP: WorkloadGroup " + request.namespace() + "/" + request.group()
                    + " is for service account " + group.serviceAccount() + ", not " + request.account());
        }
        Map<String, String> labels = labels(group);
        refuseContradiction(request, labels);
        if (request.inboundPorts().isEmpty()) {
            throw new RegistrationRefused("WEFT_INBOUND_PORTS: empty (expected: the bound port of each port of WorkloadGroup "
                    + request.namespace() + "/" + request.group() + ")");
        }
        WorkloadEntry entry = entry(request, group, labels);
        Held held = new Held(new EntryKey(request.namespace(), entry.name()), labels);
        synchronized (holders) {
            holders.merge(held.key, 1, Integer::sum);
            registry.register(entry);
        }
        return held;
    }

    /** It becomes part of the entry's name. */
    private static void requireAddress(String ip) throws RegistrationRefused {
        boolean address = !ip.isEmpty() && ip.length() <= MAX_ADDRESS;
        for (int i = 0; i < ip.length(); i++) {
            char c = ip.charAt(i);
            address &= c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == '.' || c == ':';
        }
        if (!address) {
            throw new RegistrationRefused("node.id: the second part is not an IP address (expected: one, to register)");
        }
    }

    private static Map<String, String> labels(WorkloadGroup group) {
        Map<String, String> labels = new LinkedHashMap<>(group.labels());
        labels.putAll(group.template().labels());
        return Map.copyOf(labels);
    }

    private static void refuseContradiction(RegistrationRequest request, Map<String, String> labels) throws RegistrationRefused {
        for (Map.Entry<String, String> claim : request.labels().entrySet()) {
            String actual = labels.get(claim.getKey());
            if (actual != null && !actual.equals(claim.getValue())) {
                throw new RegistrationRefused("LABELS." + claim.getKey() + ": " + claim.getValue() + " (expected: " + actual
                        + ", as WorkloadGroup " + request.namespace() + "/" + request.group() + " says)");
            }
        }
    }

    private static WorkloadEntry entry(RegistrationRequest request, WorkloadGroup group, Map<String, String> labels)
            throws RegistrationRefused {
        WorkloadSpec template = group.template();
        Map<String, Integer> ports = new LinkedHashMap<>();
        for (Map.Entry<String, Integer> port : template.ports().entrySet()) {
            Integer inbound = request.inboundPorts().get(port.getValue());
            if (inbound == null) {
                throw new RegistrationRefused("WEFT_INBOUND_PORTS: no port " + port.getValue() + " (expected: it, as WorkloadGroup "
                        + request.namespace() + "/" + request.group() + " has it as " + port.getKey() + ")");
            }
            ports.put(port.getKey(), inbound);
        }
        int first = request.inboundPorts().get(request.inboundPorts().firstKey());
        String name = group.name() + "-" + request.ip().replace(':', '-') + "-" + first;
        Map<String, String> entryLabels = new LinkedHashMap<>(labels);
        entryLabels.put(WorkloadRegistry.TLS_MODE_LABEL, "istio");
        Map<String, String> annotations = new LinkedHashMap<>(group.annotations());
        annotations.put(WorkloadRegistry.GROUP_ANNOTATION, group.name());
        ObjectMeta meta = ObjectMeta.of(Kind.WORKLOAD_ENTRY, request.namespace(), name)
                .withLabels(entryLabels)
                .withAnnotations(annotations);
        return new WorkloadEntry(
                meta,
                new WorkloadSpec(
                        LOOPBACK,
                        ports,
                        entryLabels,
                        template.network(),
                        template.locality(),
                        template.weight(),
                        group.serviceAccount()));
    }

    private void unregisterIfUnheld(EntryKey key) {
        synchronized (holders) {
            if (!holders.containsKey(key)) {
                registry.unregister(key.namespace(), key.name());
            }
        }
    }

    private record EntryKey(String namespace, String name) {}

    private final class Held implements Registration {

        private final EntryKey key;
        private final Map<String, String> labels;
        private boolean released;

        Held(EntryKey key, Map<String, String> labels) {
            this.key = key;
            this.labels = labels;
        }

        @Override
        public String entry() {
            return key.name();
        }

        @Override
        public Map<String, String> labels() {
            return labels;
        }

        @Override
        public void health(boolean healthy, @Nullable String problem) {
            registry.health(key.namespace(), key.name(), healthy, problem);
        }

        @Override
        public void release() {
            synchronized (holders) {
                if (released) {
                    return;
                }
                released = true;
                holders.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
            }
            if (!scheduler.isShutdown()) {
                scheduler.schedule(() -> unregisterIfUnheld(key), grace.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }
}
