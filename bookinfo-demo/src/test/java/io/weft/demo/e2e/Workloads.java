package io.weft.demo.e2e;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the control plane and the sidecars say of the running workloads. */
final class Workloads {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Mesh mesh;

    Workloads(Mesh mesh) {
        this.mesh = mesh;
    }

    /** The port where a workload's sidecar takes traffic for its app, as registered. */
    int inboundPort(String group) {
        JsonNode entries = JSON.readTree(
                Http.get(mesh.pilot("/apis/networking.istio.io/v1/namespaces/default/workloadentries")).body());
        for (JsonNode entry : entries.path("items")) {
            if (entry.at("/metadata/name").asString().startsWith(group + "-")) {
                return entry.at("/spec/ports/http").asInt();
            }
        }
        throw new IllegalStateException("no WorkloadEntry of group " + group + " in " + entries);
    }

    /** Requests that a workload's sidecar has passed on to its app. */
    long upstreamRequests(String workload) {
        String stats = Http.get("http://127.0.0.1:" + mesh.adminPort(workload) + "/actuator/prometheus").body();
        Matcher counter = Pattern.compile("(?m)^envoy_cluster_upstream_rq_total\\{[^}]*inbound[^}]*} ([0-9.E]+)$").matcher(stats);
        double sum = 0;
        while (counter.find()) {
            sum += Double.parseDouble(counter.group(1));
        }
        return (long) sum;
    }
}
