package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HttpService;
import io.envoyproxy.envoy.config.core.v3.HttpUri;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.config.trace.v3.Tracing;
import io.envoyproxy.envoy.config.trace.v3.ZipkinConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.type.tracing.v3.CustomTag;
import io.envoyproxy.envoy.type.v3.Percent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code HttpConnectionManager.Tracing} → {@link TracingResource}. */
final class TracingParser {
    private static final int ENVOY_PATH_LENGTH = 256;
    private static final int MAX_PATH_LENGTH = 8 * 1024;
    private static final int MAX_TAGS = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Fields TRACING = Fields.of(
                    HttpConnectionManager.Tracing.getDescriptor(),
                    "client_sampling",
                    "random_sampling",
                    "overall_sampling",
                    "max_path_tag_length",
                    "custom_tags",
                    "provider")
            .ignore("a proxy has one span for a request", "spawn_upstream_span")
            .ignore("spans carry no events", "verbose");
    private static final Fields PROVIDER = Fields.of(Tracing.Http.getDescriptor(), "name", "typed_config");
    private static final Fields OTEL = Fields.of(
                    OpenTelemetryConfig.getDescriptor(), "grpc_service", "http_service", "service_name");
    private static final Fields HTTP_SERVICE = Fields.of(HttpService.getDescriptor(), "http_uri");
    private static final Fields URI = Fields.of(HttpUri.getDescriptor(), "uri", "cluster", "timeout");
    private static final Fields ZIPKIN = Fields.of(
                    ZipkinConfig.getDescriptor(), "collector_cluster", "collector_endpoint", "collector_endpoint_version", "collector_hostname")
            .ignore("trace ids always have 128 bits", "trace_id_128bit")
            .ignore("a proxy has a span of its own for a request", "shared_span_context", "split_spans_for_request");
    private static final Fields TAG =
            Fields.of(CustomTag.getDescriptor(), "tag", "literal", "request_header", "environment");

    private TracingParser() {}

    /** Null: without a provider nobody traces. */
    static @Nullable TracingResource parse(Where where, HttpConnectionManager.Tracing tracing) {
        TRACING.check(where, tracing);
        if (!tracing.hasProvider()) {
            return null;
        }
        int path = tracing.hasMaxPathTagLength() ? Values.uint(tracing.getMaxPathTagLength()) : ENVOY_PATH_LENGTH;
        return new TracingResource(
                exporter(where.field("provider"), tracing.getProvider()),
                percent(where, "client_sampling", tracing.hasClientSampling(), tracing.getClientSampling()),
                percent(where, "random_sampling", tracing.hasRandomSampling(), tracing.getRandomSampling()),
                percent(where, "overall_sampling", tracing.hasOverallSampling(), tracing.getOverallSampling()),
                Math.min(path, MAX_PATH_LENGTH),
                tags(where, tracing.getCustomTagsList()));
    }

    private static FractionalPercent percent(Where where, String field, boolean set, Percent percent) {
        double value = set ? percent.getValue() : 100;
        if (!(value >= 0 && value <= 100)) {
            throw where.refuse(field, value, "0 to 100");
        }
        return new FractionalPercent((int) Math.round(value * 10_000), 1_000_000);
    }

    private static TracingResource.Exporter exporter(Where where, Tracing.Http provider) {
        PROVIDER.check(where, provider);
        Any config = provider.getTypedConfig();
        Where at = where.field("typed_config");
        if (config.is(OpenTelemetryConfig.class)) {
            return openTelemetry(at, Values.unpack(at, config, OpenTelemetryConfig.class));
        }
        if (config.is(ZipkinConfig.class)) {
            return zipkin(at, Values.unpack(at, config, ZipkinConfig.class));
        }
        throw at.refuse("unsupported type " + config.getTypeUrl() + " (expected: OpenTelemetryConfig or ZipkinConfig)");
    }

    private static TracingResource.Exporter openTelemetry(Where where, OpenTelemetryConfig config) {
        OTEL.check(where, config);
        if (config.hasGrpcService() == config.hasHttpService()) {
            throw where.refuse("no or two services (expected: exactly one of grpc_service and http_service)");
        }
        if (config.hasHttpService()) {
            return http(where.field("http_service"), config.getHttpService(), config.getServiceName());
        }
        GrpcService service = config.getGrpcService();
        Where at = where.field("grpc_service");
        GrpcServices.check(at, service);
        Duration timeout = service.hasTimeout() ? Values.duration(at, "timeout", service.getTimeout()) : PATIENCE;
        return new TracingResource.Exporter(
                TracingResource.Format.OTLP_GRPC, service.getEnvoyGrpc().getClusterName(), GrpcServices.authority(service), "",
                config.getServiceName(), timeout);
    }

    private static TracingResource.Exporter http(Where where, HttpService service, String name) {
        HTTP_SERVICE.check(where, service);
        HttpUri uri = service.getHttpUri();
        Where at = where.field("http_uri");
        URI.check(at, uri);
        if (uri.getCluster().isEmpty()) {
            throw at.refuse("cluster", "\"\"", "a name");
        }
        int scheme = uri.getUri().indexOf("://");
        String rest = scheme < 0 ? uri.getUri() : uri.getUri().substring(scheme + 3);
        int slash = rest.indexOf('/');
        Duration timeout = uri.hasTimeout() ? Values.duration(at, "timeout", uri.getTimeout()) : PATIENCE;
        return new TracingResource.Exporter(
                TracingResource.Format.OTLP_HTTP, uri.getCluster(), slash < 0 ? rest : rest.substring(0, slash),
                path(at, "uri", slash < 0 ? "/" : rest.substring(slash)), name, timeout);
    }

    private static TracingResource.Exporter zipkin(Where where, ZipkinConfig config) {
        ZIPKIN.check(where, config);
        if (config.getCollectorEndpointVersion() != ZipkinConfig.CollectorEndpointVersion.HTTP_JSON) {
            throw where.refuse("collector_endpoint_version", config.getCollectorEndpointVersion(), "HTTP_JSON");
        }
        if (config.getCollectorCluster().isEmpty()) {
            throw where.refuse("collector_cluster", "\"\"", "a name");
        }
        String host = config.getCollectorHostname().isEmpty() ? config.getCollectorCluster() : config.getCollectorHostname();
        return new TracingResource.Exporter(
                TracingResource.Format.ZIPKIN_JSON, config.getCollectorCluster(), host,
                path(where, "collector_endpoint", config.getCollectorEndpoint()), "", PATIENCE);
    }

    private static String path(Where where, String field, String path) {
        if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw where.refuse(field, path, "a path that begins with /");
        }
        return path;
    }

    private static List<TracingResource.Tag> tags(Where where, List<CustomTag> tags) {
        if (tags.size() > MAX_TAGS) {
            throw where.refuse("custom_tags", tags.size() + " tags", "at most " + MAX_TAGS);
        }
        List<TracingResource.Tag> parsed = new ArrayList<>(tags.size());
        for (int i = 0; i < tags.size(); i++) {
            Where at = where.item("custom_tags", i);
            CustomTag tag = tags.get(i);
            TAG.check(at, tag);
            if (tag.getTag().isEmpty()) {
                throw at.refuse("tag", "\"\"", "a name");
            }
            parsed.add(tag(at, tag));
        }
        return parsed;
    }

    private static TracingResource.Tag tag(Where where, CustomTag tag) {
        switch (tag.getTypeCase()) {
            case LITERAL:
                return new TracingResource.Tag(tag.getTag(), TracingResource.Source.LITERAL, tag.getLiteral().getValue(), "");
            case REQUEST_HEADER:
                return new TracingResource.Tag(
                        tag.getTag(),
                        TracingResource.Source.REQUEST_HEADER,
                        tag.getRequestHeader().getName().toLowerCase(Locale.ROOT),
                        tag.getRequestHeader().getDefaultValue());
            case ENVIRONMENT:
                return new TracingResource.Tag(
                        tag.getTag(), TracingResource.Source.ENVIRONMENT, tag.getEnvironment().getName(), tag.getEnvironment().getDefaultValue());
            default:
                throw where.refuse("no value (expected: literal, request_header or environment)");
        }
    }
}
