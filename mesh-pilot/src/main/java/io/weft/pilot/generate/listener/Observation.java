package io.weft.pilot.generate.listener;

import static io.weft.pilot.generate.proto.Proto.any;
import static io.weft.pilot.generate.proto.Proto.duration;

import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.config.trace.v3.Tracing.Http;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import io.envoyproxy.envoy.type.v3.Percent;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.cluster.TelemetryCluster;
import io.weft.pilot.generate.endpoint.WorkloadNames;
import io.weft.pilot.model.LogFilter;
import io.weft.pilot.model.Observability;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.model.Telemetry.Metric;
import io.weft.pilot.model.Telemetry.Mode;
import io.weft.pilot.model.Telemetry.Tag;
import io.weft.pilot.routing.TelemetryScope;
import io.weft.pilot.state.MeshState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one side of a proxy reports: the mesh's settings, changed by Telemetry objects. Nothing goes to mesh-telemetry from a proxy that nobody knows, on the
 * plaintext port: it has no certificate to show there.
 */
final class Observation {

    /** The metadata by which a listener tells our own proxies what Envoy has no field for. */
    private static final String WEFT = "weft";

    private static final String DEFAULT_FILE = "/dev/stdout";
    private static final Duration FLUSH = Duration.ofSeconds(1);

    private final Observability settings;
    private final boolean collected;
    private final Map<String, Optional<LogFilter>> logs;
    private final TelemetryScope.Spans spans;
    private final Set<Metric> disabled;
    private final String serviceName;
    private final @Nullable WorkloadNames self;

    private Observation(
            Observability settings,
            boolean collected,
            TelemetryScope scope,
            Mode side,
            String serviceName,
            @Nullable WorkloadNames self) {
        this.settings = settings;
        this.collected = collected;
        this.logs = scope.accessLogs(side, standard(settings, collected));
        this.spans = scope.spans(side);
        this.disabled = scope.disabledMetrics(side);
        this.serviceName = serviceName;
        this.self = self;
    }

    /** @param side CLIENT for what a proxy sends, gateways too; SERVER for what stands in front of an app */
    static Observation of(MeshState state, Proxy proxy, Mode side) {
        Observability settings = state.settings().observability();
        String app = proxy.labels().getOrDefault("app", proxy.workload());
        String group = proxy.group();
        return new Observation(
                settings,
                TelemetryCluster.isFor(state, proxy),
                TelemetryScope.of(state, proxy.namespace(), proxy.labels()),
                side,
                app + "." + proxy.namespace(),
                group == null ? null : WorkloadNames.of(group, proxy.namespace(), proxy.labels()));
    }

    private static Set<String> standard(Observability settings, boolean collected) {
        Set<String> names = new HashSet<>();
        if (!settings.accessLog().path().isEmpty()) {
            names.add(Telemetry.PROVIDER_FILE);
        }
        if (collected) {
            names.add(Telemetry.PROVIDER_COLLECTOR);
        }
        return names;
    }

    void observe(HttpConnectionManager.Builder manager) {
        logs.forEach((provider, filter) -> {
            if (provider.equals(Telemetry.PROVIDER_FILE)) {
                manager.addAccessLog(file(filter));
            } else if (collected) {
                HttpGrpcAccessLogConfig log = HttpGrpcAccessLogConfig.newBuilder()
                        .setCommonConfig(grpc())
                        .addAdditionalRequestHeadersToLog("traceparent")
                        .build();
                manager.addAccessLog(log("envoy.access_loggers.http_grpc", log, filter));
            }
        });
        if (collected && !spans.disabled()) {
            manager.setTracing(tracing());
        }
    }

    void observe(TcpProxy.Builder proxy) {
        logs.forEach((provider, filter) -> {
            if (provider.equals(Telemetry.PROVIDER_FILE)) {
                proxy.addAccessLog(file(filter));
            } else if (collected) {
                TcpGrpcAccessLogConfig log = TcpGrpcAccessLogConfig.newBuilder().setCommonConfig(grpc()).build();
                proxy.addAccessLog(log("envoy.access_loggers.tcp_grpc", log, filter));
            }
        });
    }

    /**
     * {@code weft: {self: {workload, app, version}, metrics: {disabled: [REQUEST_COUNT]}}}: who a registered workload is, which is what its group says and not
     * what it says itself; and what it is not to count.
     */
    void observe(Listener.Builder listener) {
        Struct.Builder weft = Struct.newBuilder();
        if (self != null) {
            weft.putFields("self", Value.newBuilder().setStructValue(self.self()).build());
        }
        if (!disabled.isEmpty()) {
            ListValue.Builder names = ListValue.newBuilder();
            disabled.forEach(metric -> names.addValues(Value.newBuilder().setStringValue(metric.name())));
            Struct metrics = Struct.newBuilder()
                    .putFields("disabled", Value.newBuilder().setListValue(names).build())
                    .build();
            weft.putFields("metrics", Value.newBuilder().setStructValue(metrics).build());
        }
        if (weft.getFieldsCount() > 0) {
            listener.setMetadata(Metadata.newBuilder().putFilterMetadata(WEFT, weft.build()));
        }
    }

    private AccessLog file(Optional<LogFilter> filter) {
        Observability.AccessLogFile file = settings.accessLog();
        SubstitutionFormatString.Builder format = SubstitutionFormatString.newBuilder();
        if (file.text() != null) {
            format.setTextFormatSource(DataSource.newBuilder().setInlineString(file.text()));
        } else {
            Struct.Builder keys = Struct.newBuilder();
            file.json().forEach((key, value) -> keys.putFields(key, Value.newBuilder().setStringValue(value).build()));
            format.setJsonFormat(keys);
        }
        FileAccessLog log = FileAccessLog.newBuilder()
                .setPath(file.path().isEmpty() ? DEFAULT_FILE : file.path())
                .setLogFormat(format)
                .build();
        return log("envoy.access_loggers.file", log, filter);
    }

    private static AccessLog log(String name, Message config, Optional<LogFilter> filter) {
        AccessLog.Builder log = AccessLog.newBuilder().setName(name).setTypedConfig(any(config));
        filter.map(LogFilters::of).ifPresent(log::setFilter);
        return log.build();
    }

    private static CommonGrpcAccessLogConfig grpc() {
        return CommonGrpcAccessLogConfig.newBuilder()
                .setLogName(WEFT)
                .setTransportApiVersion(ApiVersion.V3)
                .setBufferFlushInterval(duration(FLUSH))
                .setGrpcService(collector())
                .build();
    }

    private static GrpcService collector() {
        return GrpcService.newBuilder()
                .setEnvoyGrpc(GrpcService.EnvoyGrpc.newBuilder().setClusterName(TelemetryCluster.NAME))
                .build();
    }

    private HttpConnectionManager.Tracing tracing() {
        Double sampling = spans.sampling();
        HttpConnectionManager.Tracing.Builder tracing = HttpConnectionManager.Tracing.newBuilder()
                .setClientSampling(percent(100))
                .setOverallSampling(percent(100))
                .setRandomSampling(percent(sampling == null ? settings.sampling() : sampling))
                .setProvider(Http.newBuilder()
                        .setName("envoy.tracers.opentelemetry")
                        .setTypedConfig(any(OpenTelemetryConfig.newBuilder()
                                .setGrpcService(collector())
                                .setServiceName(serviceName)
                                .build())));
        spans.tags().forEach((name, tag) -> tracing.addCustomTags(tag(name, tag)));
        return tracing.build();
    }

    private static CustomTag tag(String name, Tag tag) {
        CustomTag.Builder built = CustomTag.newBuilder().setTag(name);
        String otherwise = tag.defaultValue() == null ? "" : tag.defaultValue();
        return (switch (tag.source()) {
                    case LITERAL -> built.setLiteral(CustomTag.Literal.newBuilder().setValue(tag.value()));
                    case ENVIRONMENT -> built.setEnvironment(
                            CustomTag.Environment.newBuilder().setName(tag.value()).setDefaultValue(otherwise));
                    case HEADER -> built.setRequestHeader(
                            CustomTag.Header.newBuilder().setName(tag.value()).setDefaultValue(otherwise));
                })
                .build();
    }

    private static Percent percent(double value) {
        return Percent.newBuilder().setValue(value).build();
    }
}
