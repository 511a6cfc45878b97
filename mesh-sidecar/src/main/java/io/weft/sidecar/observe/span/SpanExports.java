package io.weft.sidecar.observe.span;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.FastThreadLocal;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.http.RequestObserver;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.send.BatchSender;
import io.weft.sidecar.observe.send.Heads;
import io.weft.sidecar.observe.send.Parcel;
import io.weft.sidecar.observe.send.Postbox;
import io.weft.sidecar.observe.send.Sender;
import io.weft.sidecar.observe.trace.Span;
import io.weft.sidecar.observe.wire.ProtoWriter;
import io.weft.sidecar.resource.LocalNode;
import io.weft.sidecar.resource.TracingResource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Writes the spans of sampled requests and sends them in batches. Requests that are not sampled cost a look at a field. */
public final class SpanExports {
    private static final String OTLP_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    /** Queued for one collector, at most. */
    private static final long MOST_BYTES = 1024 * 1024;

    private static final long BATCH_BYTES = 128 * 1024;
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final FastThreadLocal<ProtoWriter> PROTO = new FastThreadLocal<>() {
        @Override
        protected ProtoWriter initialValue() {
            return new ProtoWriter();
        }
    };
    private static final FastThreadLocal<StringBuilder> JSON = new FastThreadLocal<>() {
        @Override
        protected StringBuilder initialValue() {
            return new StringBuilder(2048);
        }
    };

    private final Clusters clusters;
    private final EventLoopGroup loops;
    private final Supplier<LocalNode> self;
    private final Counter sent;
    private final Counter dropped;
    private final List<Sender> senders = new CopyOnWriteArrayList<>();
    private final Map<TracingResource.Exporter, Postbox> open = new ConcurrentHashMap<>();

    public SpanExports(Clusters clusters, EventLoopGroup loops, Supplier<LocalNode> self, EngineMetrics metrics) {
        this.clusters = clusters;
        this.loops = loops;
        this.self = self;
        this.sent = metrics.counter(MetricKey.of("weft_spans_sent_total"));
        this.dropped = metrics.counter(MetricKey.of("weft_spans_dropped_total"));
    }

    /** @param client spans of what goes out from the workload; else of what comes in */
    public RequestObserver open(TracingResource resource, boolean client) {
        SpanFacts facts = new SpanFacts(self.get(), resource, client);
        Postbox postbox = open.computeIfAbsent(resource.exporter(), this::start);
        boolean json = resource.exporter().format() == TracingResource.Format.ZIPKIN_JSON;
        return log -> {
            Span span = log.span();
            if (span != null) {
                postbox.offer(json ? ZipkinSpans.span(JSON.get(), facts, span, log) : OtlpSpans.span(PROTO.get(), facts, span, log));
            }
        };
    }

    private Postbox start(TracingResource.Exporter exporter) {
        Postbox postbox = new Postbox(loops.next(), MOST_BYTES, BATCH_BYTES, INTERVAL, dropped);
        senders.add(new BatchSender(
                "spans", postbox, clusters.ref(exporter.cluster()), items -> parcel(exporter, items), exporter.timeout().toMillis(), sent));
        return postbox;
    }

    /** All of them, to be ended. */
    public List<Sender> senders() {
        return senders;
    }

    private Parcel parcel(TracingResource.Exporter exporter, List<byte[]> items) {
        if (exporter.format() == TracingResource.Format.ZIPKIN_JSON) {
            byte[] body = ZipkinSpans.request(items);
            return new Parcel(Heads.post(exporter.authority(), exporter.path(), "application/json", body.length), body, false, items.size());
        }
        LocalNode node = self.get();
        byte[] body = OtlpSpans.request(exporter.service().isEmpty() ? node.serviceName() : exporter.service(), node.id(), items);
        return exporter.format() == TracingResource.Format.OTLP_GRPC
                ? new Parcel(Heads.grpc(exporter.authority(), OTLP_METHOD), Heads.framed(body), true, items.size())
                : new Parcel(
                        Heads.post(exporter.authority(), exporter.path(), "application/x-protobuf", body.length), body, false, items.size());
    }
}
