package io.weft.sidecar.observe.span;

import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.LocalNode;
import io.weft.sidecar.resource.TracingResource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a span says beside its ids and times: Envoy's tags, Istio's, and the user's own. */
final class SpanFacts {
    private static final int MOST = 1024;

    private final LocalNode self;
    private final TracingResource resource;
    private final boolean client;
    private final List<Fixed> fixed = new ArrayList<>();
    private final List<TracingResource.Tag> headers = new ArrayList<>();

    private record Fixed(String key, String value) {}

    /** Takes one tag. */
    @FunctionalInterface
    interface Tags {
        void tag(String key, CharSequence value);
    }

    /** @param client what goes out from the workload; else what comes in, or passes through a gateway */
    SpanFacts(LocalNode self, TracingResource resource, boolean client) {
        this.self = self;
        this.resource = resource;
        this.client = client;
        fixed("component", "proxy");
        fixed("node_id", self.id());
        fixed("istio.canonical_service", self.workload().canonicalService());
        fixed("istio.canonical_revision", self.workload().canonicalRevision());
        fixed("istio.mesh_id", self.meshId());
        fixed("istio.namespace", self.workload().namespace());
        fixed("istio.cluster_id", self.workload().cluster());
        for (TracingResource.Tag tag : resource.tags()) {
            switch (tag.source()) {
                case LITERAL -> fixed(tag.tag(), tag.name());
                case ENVIRONMENT -> {
                    String value = System.getenv(tag.name());
                    fixed(tag.tag(), value == null ? tag.fallback() : value);
                }
                case REQUEST_HEADER -> headers.add(tag);
            }
        }
    }

    /** The user's word goes before ours. */
    private void fixed(String key, String value) {
        fixed.removeIf(one -> one.key().equals(key));
        if (!value.isEmpty()) {
            fixed.add(new Fixed(key, value));
        }
    }

    boolean client() {
        return client;
    }

    String service() {
        return resource.exporter().service().isEmpty() ? self.serviceName() : resource.exporter().service();
    }

    LocalNode self() {
        return self;
    }

    /** As Istio names routes, {@code reviews.default.svc.cluster.local:9080/*}: bounded by configuration. */
    static String name(RequestLog log, boolean client) {
        String cluster = log.clusterName();
        ClusterResource.Service service = log.cluster() == null ? null : log.cluster().resource().service();
        if (cluster == null) {
            return client ? "egress" : "ingress";
        }
        String[] parts = cluster.split("\\|", -1);
        String host = service != null ? service.host() : parts.length == 4 ? parts[3] : cluster;
        return host + (parts.length == 4 ? ":" + parts[1] : "") + "/*";
    }

    static boolean error(RequestLog log) {
        return log.status() >= 500 || log.status() == 0 || log.grpcStatus() > 0 && serverFault(log.grpcStatus());
    }

    /** UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS: what OpenTelemetry counts as the server's. */
    private static boolean serverFault(int grpc) {
        return grpc == 2 || grpc == 4 || grpc == 12 || grpc == 13 || grpc == 14 || grpc == 15;
    }

    void write(RequestLog log, Tags tags) {
        RequestHead head = log.request();
        for (Fixed one : fixed) {
            tags.tag(one.key(), one.value());
        }
        tag(tags, "guid:x-request-id", head.get("x-request-id"));
        tags.tag("http.url", url(log));
        tags.tag("http.method", bounded(head.method()));
        tags.tag("http.protocol", head.protocol());
        tag(tags, "user_agent", head.get("user-agent"));
        CharSequence from = head.get("x-envoy-downstream-service-cluster");
        tags.tag("downstream_cluster", from == null ? "-" : bounded(from));
        tags.tag("peer.address", log.connection().remoteAddress());
        tags.tag("request_size", Long.toString(log.received()));
        tags.tag("response_size", Long.toString(log.sent()));
        tags.tag("response_flags", log.flags());
        tags.tag("http.status_code", Integer.toString(log.status()));
        String cluster = log.clusterName();
        if (cluster != null) {
            tags.tag("upstream_cluster", cluster);
            tags.tag("upstream_cluster.name", cluster);
        }
        tag(tags, "upstream_address", log.upstreamHost());
        if (log.attempts() > 1) {
            tags.tag("retry_count", Integer.toString(log.attempts() - 1));
        }
        if (log.grpcStatus() >= 0) {
            tags.tag("grpc.status_code", Integer.toString(log.grpcStatus()));
        }
        if (error(log)) {
            tags.tag("error", "true");
        }
        for (TracingResource.Tag tag : headers) {
            CharSequence value = head.get(tag.name());
            tag(tags, tag.tag(), value != null ? value : tag.fallback().isEmpty() ? null : tag.fallback());
        }
    }

    private String url(RequestLog log) {
        CharSequence proto = log.request().get("x-forwarded-proto");
        String path = log.originalPath();
        String shown = path.length() > resource.maxPathLength() ? path.substring(0, resource.maxPathLength()) : path;
        return (proto == null ? log.request().scheme() : bounded(proto)) + "://" + bounded(log.request().authority()) + shown;
    }

    private static void tag(Tags tags, String key, @Nullable CharSequence value) {
        if (value != null && value.length() > 0) {
            tags.tag(key, bounded(value));
        }
    }

    private static CharSequence bounded(CharSequence value) {
        return value.length() > MOST ? value.subSequence(0, MOST) : value;
    }
}
