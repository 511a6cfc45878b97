package io.weft.pilot.model.parse;

import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.ServiceEntry;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadGroup;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads ServiceEntry, WorkloadEntry and WorkloadGroup. */
final class WorkloadReader {

    private WorkloadReader() {}

    static ServiceEntry serviceEntry(ObjectMeta meta, Fields spec) {
        return new ServiceEntry(
                meta,
                spec.strings("hosts"),
                spec.strings("addresses"),
                spec.list("ports", WorkloadReader::port),
                spec.choice("location", ServiceEntry.Location.class),
                spec.choice("resolution", ServiceEntry.Resolution.class),
                spec.list("endpoints", CommonReaders::workload),
                CommonReaders.selector(spec, "workloadSelector", "labels"),
                CommonReaders.exportTo(spec),
                spec.strings("subjectAltNames"));
    }

    private static ServiceEntry.Port port(Fields fields) {
        return new ServiceEntry.Port(
                fields.requiredInteger("number"),
                fields.requiredString("name"),
                CommonReaders.protocol(fields, "protocol"),
                fields.integer("targetPort"));
    }

    static WorkloadEntry workloadEntry(ObjectMeta meta, Fields spec) {
        return new WorkloadEntry(meta, CommonReaders.workload(spec));
    }

    static WorkloadGroup workloadGroup(ObjectMeta meta, Fields spec) {
        Map<String, Map<String, String>> metadata = spec.child(
                "metadata",
                each -> Map.of("labels", each.stringMap("labels"), "annotations", each.stringMap("annotations")));
        Map<String, String> none = Map.of();
        return new WorkloadGroup(
                meta,
                metadata == null ? none : metadata.getOrDefault("labels", none),
                metadata == null ? none : metadata.getOrDefault("annotations", none),
                spec.requiredChild("template", CommonReaders::workload),
                spec.child("probe", WorkloadReader::probe));
    }

    private static WorkloadGroup.Probe probe(Fields fields) {
        fields.unsupported("exec");
        return new WorkloadGroup.Probe(
                seconds(fields, "initialDelaySeconds"),
                seconds(fields, "timeoutSeconds"),
                seconds(fields, "periodSeconds"),
                fields.integer("successThreshold"),
                fields.integer("failureThreshold"),
                fields.child("httpGet", WorkloadReader::httpGet),
                fields.child("tcpSocket", WorkloadReader::tcpSocket),
                fields.child(
                        "grpc",
                        each -> new WorkloadGroup.Grpc(each.requiredInteger("port"), each.string("service"))));
    }

    private static int tcpSocket(Fields fields) {
        // The sidecar's own app is meant; another host would make sidecars scan the network.
        fields.unsupported("host");
        return fields.requiredInteger("port");
    }

    private static @Nullable Duration seconds(Fields fields, String name) {
        Integer seconds = fields.integer(name);
        if (seconds == null) {
            return null;
        }
        if (seconds < 0) {
            fields.problems().add(Problem.expected(fields.path(name), seconds, ">= 0"));
        }
        return Duration.ofSeconds(seconds);
    }

    private static WorkloadGroup.HttpGet httpGet(Fields fields) {
        fields.unsupported("httpHeaders");
        return new WorkloadGroup.HttpGet(
                fields.string("path"),
                fields.requiredInteger("port"),
                fields.string("host"),
                fields.string("scheme"));
    }
}
