package io.weft.sidecar.observe.als;

import io.netty.channel.EventLoopGroup;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.observe.accesslog.AccessLog;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.send.Heads;
import io.weft.sidecar.observe.send.Postbox;
import io.weft.sidecar.observe.send.Sender;
import io.weft.sidecar.observe.send.StreamSender;
import io.weft.sidecar.observe.wire.ProtoWriter;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.resource.LocalNode;
import io.weft.sidecar.tcp.TcpLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Access logs over {@code envoy.service.accesslog.v3.AccessLogService}, as Envoy sends them: one stream for each cluster, log name and kind of entry, the
 * node in its first message. Entries are written on the event loop of their request and kept as bytes.
 */
public final class GrpcLogs {
    /** Queued for one stream, at most. */
    private static final long MOST_BYTES = 1024 * 1024;

    private static final String METHOD = "/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs";
    private static final FastThreadLocal<ProtoWriter> WRITER = new FastThreadLocal<>() {
        @Override
        protected ProtoWriter initialValue() {
            return new ProtoWriter();
        }
    };

    private final Clusters clusters;
    private final EventLoopGroup loops;
    private final Supplier<LocalNode> self;
    private final Counter sent;
    private final Counter dropped;
    private final List<Sender> senders = new CopyOnWriteArrayList<>();
    private final Map<Target, Postbox> open = new ConcurrentHashMap<>();

    private record Target(String cluster, String authority, String logName, long bufferBytes, Duration flush, boolean tcp) {}

    public GrpcLogs(Clusters clusters, EventLoopGroup loops, Supplier<LocalNode> self, EngineMetrics metrics) {
        this.clusters = clusters;
        this.loops = loops;
        this.self = self;
        this.sent = metrics.counter(MetricKey.of("weft_access_log_entries_sent_total", "sink", "grpc"));
        this.dropped = metrics.counter(MetricKey.of("weft_access_log_entries_dropped_total", "sink", "grpc"));
    }

    /** Logs of the same name to the same cluster share their streams. */
    public AccessLog open(AccessLogResource.Stream resource) {
        Postbox http = postbox(resource, false);
        Postbox tcp = postbox(resource, true);
        List<AsciiString> request = resource.requestHeaders().stream().map(AsciiString::cached).toList();
        List<AsciiString> response = resource.responseHeaders().stream().map(AsciiString::cached).toList();
        return new AccessLog() {
            @Override
            public void onEnd(RequestLog log) {
                http.offer(LogWriter.http(WRITER.get(), log, request, response));
            }

            @Override
            public void onEnd(TcpLog log) {
                tcp.offer(LogWriter.tcp(WRITER.get(), log));
            }
        };
    }

    private Postbox postbox(AccessLogResource.Stream resource, boolean tcp) {
        return open.computeIfAbsent(
                new Target(
                        resource.cluster(), resource.authority(), resource.logName(), resource.bufferBytes(), resource.flushInterval(), tcp),
                this::start);
    }

    private Postbox start(Target target) {
        Postbox postbox = new Postbox(loops.next(), MOST_BYTES, Math.max(1, target.bufferBytes()), target.flush(), dropped);
        senders.add(new StreamSender(
                "access log " + target.logName(),
                postbox,
                clusters.ref(target.cluster()),
                () -> Heads.grpc(target.authority(), METHOD),
                (items, first) -> message(target, items, first),
                sent));
        return postbox;
    }

    /** All of them, to be ended. */
    public List<Sender> senders() {
        return senders;
    }

    /** {@code StreamAccessLogsMessage}. */
    private byte[] message(Target target, List<byte[]> items, boolean first) {
        ProtoWriter out = new ProtoWriter();
        if (first) {
            int identifier = out.begin(1);
            out.bytes(1, self.get().message());
            out.text(2, target.logName());
            out.end(identifier);
        }
        int entries = out.begin(target.tcp() ? 3 : 2);
        items.forEach(item -> out.bytes(1, item));
        out.end(entries);
        return out.toBytes();
    }
}
