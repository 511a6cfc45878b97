package io.weft.pilot.generate.endpoint;

import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.model.LoadBalancer.Distribute;
import io.weft.pilot.model.LoadBalancer.Failover;
import io.weft.pilot.model.LoadBalancer.LocalitySetting;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.routing.EffectivePolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoints a client prefers, by where they are: the reference mesh's {@code localityLbSetting}. {@code distribute} weighs localities, and those it does not
 * name get nothing; otherwise nearer localities come first, but only under outlier detection, because nobody would notice that they have failed.
 */
final class Localities {

    private static final int ELSEWHERE = 3;
    private static final int AVOIDED = 4;

    private final Viewpoint client;
    private final @Nullable LocalitySetting setting;
    private final boolean failover;

    Localities(Viewpoint client, EffectivePolicy policy) {
        this.client = client;
        this.setting = setting(policy);
        this.failover = policy.outlierDetection() != null;
    }

    /** Endpoints of one locality and priority; {@code weight} is 0 where nothing says it. */
    record Group(String locality, int priority, int weight, List<MeshEndpoint> endpoints) {}

    static @Nullable LocalitySetting setting(EffectivePolicy policy) {
        LoadBalancer balancer = policy.loadBalancer();
        return balancer == null ? null : balancer.localityLbSetting();
    }

    /** Whether it makes a difference where a client is. */
    static boolean matters(EffectivePolicy policy) {
        LocalitySetting setting = setting(policy);
        if (setting != null && Boolean.FALSE.equals(setting.enabled())) {
            return false;
        }
        return policy.outlierDetection() != null || setting != null && !setting.distribute().isEmpty();
    }

    /** Highest priority first. */
    List<Group> of(List<MeshEndpoint> endpoints) {
        Map<String, List<MeshEndpoint>> byLocality = new TreeMap<>();
        endpoints.forEach(endpoint ->
                byLocality.computeIfAbsent(endpoint.locality(), l -> new ArrayList<>()).add(endpoint));
        boolean off = setting != null && Boolean.FALSE.equals(setting.enabled());
        if (!off && setting != null && !setting.distribute().isEmpty()) {
            return distribution().map(found -> distributed(byLocality, found)).orElseGet(() -> alike(byLocality));
        }
        boolean byLabels = setting != null && !setting.failoverPriority().isEmpty();
        if (off || !failover || client.locality().isEmpty() && !byLabels) {
            return alike(byLocality);
        }
        List<Group> groups = new ArrayList<>();
        byLocality.forEach((locality, there) -> {
            Map<Integer, List<MeshEndpoint>> byPriority = new TreeMap<>();
            for (MeshEndpoint endpoint : there) {
                int priority = byLabels ? byLabels(endpoint, setting.failoverPriority()) : byDistance(locality);
                byPriority.computeIfAbsent(priority, p -> new ArrayList<>()).add(endpoint);
            }
            byPriority.forEach((priority, some) -> groups.add(new Group(locality, priority, 0, some)));
        });
        return withoutGaps(groups);
    }

    private static List<Group> alike(Map<String, List<MeshEndpoint>> byLocality) {
        List<Group> groups = new ArrayList<>();
        byLocality.forEach((locality, there) -> groups.add(new Group(locality, 0, 0, there)));
        return groups;
    }

    /** Envoy wants priorities from 0 on, none left out. */
    private static List<Group> withoutGaps(List<Group> groups) {
        List<Integer> used = new ArrayList<>(new TreeSet<>(groups.stream().map(Group::priority).toList()));
        return groups.stream()
                .map(group -> new Group(group.locality(), used.indexOf(group.priority()), group.weight(), group.endpoints()))
                .sorted(Comparator.comparingInt(Group::priority))
                .toList();
    }

    private Optional<Distribute> distribution() {
        if (setting == null || client.locality().isEmpty()) {
            return Optional.empty();
        }
        return setting.distribute().stream().filter(each -> matches(each.from(), client.locality())).findFirst();
    }

    /** Each locality belongs to the first place that covers it; places share their weight by the weights of what is there. */
    private static List<Group> distributed(Map<String, List<MeshEndpoint>> byLocality, Distribute distribute) {
        Map<String, List<MeshEndpoint>> left = new LinkedHashMap<>(byLocality);
        List<Group> groups = new ArrayList<>();
        distribute.to().forEach((place, weight) -> {
            Map<String, List<MeshEndpoint>> covered = new TreeMap<>();
            left.forEach((locality, there) -> {
                if (matches(place, locality)) {
                    covered.put(locality, there);
                }
            });
            left.keySet().removeAll(covered.keySet());
            double all = covered.values().stream().mapToInt(Localities::weight).sum();
            covered.forEach((locality, there) ->
                    groups.add(new Group(locality, 0, (int) Math.ceil(weight * weight(there) / all), there)));
        });
        return groups.stream().sorted(Comparator.comparing(Group::locality)).toList();
    }

    static int weight(List<MeshEndpoint> endpoints) {
        return endpoints.stream().mapToInt(endpoint -> Math.max(1, endpoint.weight())).sum();
    }

    /** {@code region/zone/subzone}, of which each may be {@code *} and the last ones may be left out. */
    private static boolean matches(String pattern, String locality) {
        String[] wanted = pattern.split("/", 3);
        String[] parts = parts(locality);
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i].equals("*") && !wanted[i].isEmpty() && !wanted[i].equals(parts[i])) {
                return false;
            }
        }
        return true;
    }

    private static String[] parts(String locality) {
        String[] given = locality.split("/", 3);
        return new String[] {given[0], given.length > 1 ? given[1] : "", given.length > 2 ? given[2] : ""};
    }

    /** 0 the same subzone, 1 the same zone, 2 the same region, 3 elsewhere; 4 where a region's failover goes to another one. */
    private int byDistance(String locality) {
        String[] here = parts(client.locality());
        String[] there = parts(locality);
        if (!here[0].equals(there[0])) {
            List<Failover> failovers = setting == null ? List.of() : setting.failover();
            return failovers.stream()
                    .filter(each -> each.from().equals(here[0]))
                    .findFirst()
                    .map(each -> each.to().equals(there[0]) ? ELSEWHERE : AVOIDED)
                    .orElse(ELSEWHERE);
        }
        if (!here[1].equals(there[1])) {
            return 2;
        }
        return here[2].equals(there[2]) ? 0 : 1;
    }

    /** The more of the labels, from the first on, are alike, the nearer. */
    private int byLabels(MeshEndpoint endpoint, List<String> priorities) {
        for (int i = 0; i < priorities.size(); i++) {
            String priority = priorities.get(i);
            int equals = priority.indexOf('=');
            String name = equals > 0 ? priority.substring(0, equals) : priority;
            String wanted = equals > 0 ? priority.substring(equals + 1) : label(name, client.labels(), client.locality(), "");
            if (!wanted.equals(label(name, endpoint.labels(), endpoint.locality(), endpoint.network()))) {
                return priorities.size() - i;
            }
        }
        return 0;
    }

    private static String label(String name, Map<String, String> labels, String locality, String network) {
        String value = labels.get(name);
        if (value != null) {
            return value;
        }
        String[] parts = parts(locality);
        return switch (name) {
            case "topology.kubernetes.io/region" -> parts[0];
            case "topology.kubernetes.io/zone" -> parts[1];
            case "topology.istio.io/subzone" -> parts[2];
            case "topology.istio.io/network" -> network;
            default -> "";
        };
    }
}
