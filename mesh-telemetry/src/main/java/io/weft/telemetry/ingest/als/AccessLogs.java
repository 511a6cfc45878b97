package io.weft.telemetry.ingest.als;

import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.weft.telemetry.ingest.CallerIdentity;
import io.weft.telemetry.ingest.PeerIdentity;
import io.weft.telemetry.store.DropReason;
import io.weft.telemetry.store.GatewayNames;
import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import io.weft.telemetry.store.LogStore;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** {@code envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs}: the first message says who speaks, all bring lines. */
@Component
final class AccessLogs extends AccessLogServiceGrpc.AccessLogServiceImplBase {

    private static final Logger log = LoggerFactory.getLogger(AccessLogs.class);

    private final LogStore logs;
    private final GatewayNames gateways;
    private final Intake intake;
    private final LogEntries entries;

    AccessLogs(LogStore logs, GatewayNames gateways, Intake intake) {
        this.logs = logs;
        this.gateways = gateways;
        this.intake = intake;
        this.entries = new LogEntries(logs::nextId, Clock.systemUTC());
    }

    @Override
    public StreamObserver<StreamAccessLogsMessage> streamAccessLogs(StreamObserver<StreamAccessLogsResponse> answer) {
        return new LogStream(answer, CallerIdentity.current());
    }

    /** One stream; gRPC calls it from one thread at a time, and brings the next message when this one is done. */
    private final class LogStream implements StreamObserver<StreamAccessLogsMessage> {

        private final StreamObserver<StreamAccessLogsResponse> answer;
        private final @Nullable PeerIdentity sender;
        private @Nullable Reporter reporter;
        private boolean over;

        LogStream(StreamObserver<StreamAccessLogsResponse> answer, @Nullable PeerIdentity sender) {
            this.answer = answer;
            this.sender = sender;
        }

        @Override
        public void onNext(StreamAccessLogsMessage message) {
            if (over) {
                return;
            }
            Reporter from = reporter;
            if (from == null) {
                from = begin(message);
                reporter = from;
            }
            if (from == null) {
                over = true;
                return;
            }
            for (HTTPAccessLogEntry entry : message.getHttpLogs().getLogEntryList()) {
                logs.add(entries.of(entry, from));
            }
            for (TCPAccessLogEntry entry : message.getTcpLogs().getLogEntryList()) {
                logs.add(entries.of(entry, from));
            }
        }

        private @Nullable Reporter begin(StreamAccessLogsMessage message) {
            if (!message.hasIdentifier()) {
                refuse(message, DropReason.MALFORMED, Status.INVALID_ARGUMENT.withDescription(
                        "the first message has no identifier (expected: identifier.node)"));
                return null;
            }
            try {
                Reporter from = Reporter.of(message.getIdentifier().getNode(), sender);
                if (from.gateway()) {
                    gateways.add(from.workload(), from.namespace());
                }
                return from;
            } catch (StatusRuntimeException refused) {
                refuse(message, DropReason.IDENTITY, refused.getStatus());
                return null;
            }
        }

        private void refuse(StreamAccessLogsMessage message, DropReason reason, Status status) {
            int lines = message.getHttpLogs().getLogEntryCount() + message.getTcpLogs().getLogEntryCount();
            intake.received(Kind.LOG, lines);
            intake.dropped(Kind.LOG, reason, lines);
            answer.onError(status.asRuntimeException());
        }

        @Override
        public void onError(Throwable failure) {
            log.debug("a stream of access logs ended: {}", failure.getMessage());
        }

        @Override
        public void onCompleted() {
            if (!over) {
                answer.onNext(StreamAccessLogsResponse.getDefaultInstance());
                answer.onCompleted();
            }
        }
    }
}
