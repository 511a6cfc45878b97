package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code AccessLog} → {@link AccessLogResource}. */
final class AccessLogParser {
    private static final Fields LOG = Fields.of(AccessLog.getDescriptor(), "name", "typed_config", "filter");
    private static final Fields FILE =
            Fields.of(FileAccessLog.getDescriptor(), "path", "format", "json_format", "log_format");
    private static final Fields OUT = Fields.of(StdoutAccessLog.getDescriptor(), "log_format");
    private static final Fields ERR = Fields.of(StderrAccessLog.getDescriptor(), "log_format");
    private static final Fields FORMAT = Fields.of(
            SubstitutionFormatString.getDescriptor(), "text_format", "text_format_source", "json_format")
            .ignore("what is not known is - in text and null in JSON", "omit_empty_values", "json_format_options");
    private static final Fields HTTP_GRPC = Fields.of(
            HttpGrpcAccessLogConfig.getDescriptor(),
            "common_config",
            "additional_request_headers_to_log",
            "additional_response_headers_to_log");
    private static final Fields TCP_GRPC = Fields.of(TcpGrpcAccessLogConfig.getDescriptor(), "common_config");
    private static final Fields COMMON = Fields.of(
                    CommonGrpcAccessLogConfig.getDescriptor(),
                    "log_name",
                    "grpc_service",
                    "transport_api_version",
                    "buffer_flush_interval",
                    "buffer_size_bytes")
            .ignore("a stream is opened again with pauses that grow", "grpc_stream_retry_policy");
    private static final int MAX_HEADERS = 64;
    private static final int ENVOY_BUFFER = 16 * 1024;

    private final DataSources sources;

    AccessLogParser(DataSources sources) {
        this.sources = sources;
    }

    List<AccessLogResource> parse(Where where, List<AccessLog> logs) {
        List<AccessLogResource> parsed = new ArrayList<>(logs.size());
        for (int i = 0; i < logs.size(); i++) {
            parsed.add(parse(where.item("access_log", i), logs.get(i)));
        }
        return parsed;
    }

    private AccessLogResource parse(Where where, AccessLog log) {
        LOG.check(where, log);
        return new AccessLogResource(
                output(where, log), log.hasFilter() ? LogFilterParser.parse(where.field("filter"), log.getFilter()) : null);
    }

    private AccessLogResource.Output output(Where where, AccessLog log) {
        Any config = log.getTypedConfig();
        Where at = where.field("typed_config");
        if (config.is(StdoutAccessLog.class)) {
            StdoutAccessLog out = Values.unpack(at, config, StdoutAccessLog.class);
            OUT.check(at, out);
            return format(at, AccessLogResource.Sink.STDOUT, "/dev/stdout", out.getLogFormat());
        }
        if (config.is(StderrAccessLog.class)) {
            StderrAccessLog err = Values.unpack(at, config, StderrAccessLog.class);
            ERR.check(at, err);
            return format(at, AccessLogResource.Sink.STDERR, "/dev/stderr", err.getLogFormat());
        }
        if (config.is(FileAccessLog.class)) {
            return file(at, Values.unpack(at, config, FileAccessLog.class));
        }
        if (config.is(HttpGrpcAccessLogConfig.class)) {
            HttpGrpcAccessLogConfig http = Values.unpack(at, config, HttpGrpcAccessLogConfig.class);
            HTTP_GRPC.check(at, http);
            return stream(
                    at.field("common_config"),
                    http.getCommonConfig(),
                    names(at, "additional_request_headers_to_log", http.getAdditionalRequestHeadersToLogList()),
                    names(at, "additional_response_headers_to_log", http.getAdditionalResponseHeadersToLogList()));
        }
        if (config.is(TcpGrpcAccessLogConfig.class)) {
            TcpGrpcAccessLogConfig tcp = Values.unpack(at, config, TcpGrpcAccessLogConfig.class);
            TCP_GRPC.check(at, tcp);
            return stream(at.field("common_config"), tcp.getCommonConfig(), List.of(), List.of());
        }
        throw at.refuse("unsupported type " + config.getTypeUrl());
    }

    private static AccessLogResource.Stream stream(
            Where where, CommonGrpcAccessLogConfig config, List<String> requestHeaders, List<String> responseHeaders) {
        COMMON.check(where, config);
        GrpcServices.check(where.field("grpc_service"), config.getGrpcService());
        if (config.getTransportApiVersion() != ApiVersion.V3 && config.getTransportApiVersion() != ApiVersion.AUTO) {
            throw where.refuse("transport_api_version", config.getTransportApiVersion(), "V3");
        }
        Duration interval = config.hasBufferFlushInterval()
                ? Values.duration(where, "buffer_flush_interval", config.getBufferFlushInterval())
                : Duration.ofSeconds(1);
        if (interval.isZero()) {
            throw where.refuse("buffer_flush_interval", "0s", "> 0s");
        }
        return new AccessLogResource.Stream(
                config.getGrpcService().getEnvoyGrpc().getClusterName(),
                GrpcServices.authority(config.getGrpcService()),
                config.getLogName(),
                config.hasBufferSizeBytes() ? Values.uint(config.getBufferSizeBytes()) : ENVOY_BUFFER,
                interval,
                requestHeaders,
                responseHeaders);
    }

    private static List<String> names(Where where, String field, List<String> names) {
        if (names.size() > MAX_HEADERS) {
            throw where.refuse(field, names.size() + " names", "at most " + MAX_HEADERS);
        }
        return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    }

    private AccessLogResource.Lines file(Where where, FileAccessLog file) {
        FILE.check(where, file);
        AccessLogResource.Sink sink = switch (file.getPath()) {
            case "/dev/stdout" -> AccessLogResource.Sink.STDOUT;
            case "/dev/stderr" -> AccessLogResource.Sink.STDERR;
            default -> AccessLogResource.Sink.FILE;
        };
        if (sink == AccessLogResource.Sink.FILE && !sources.local()) {
            throw where.refuse("path", file.getPath(), "/dev/stdout or /dev/stderr: a control plane does not choose our files");
        }
        if (file.hasFormat()) {
            return new AccessLogResource.Lines(sink, file.getPath(), file.getFormat(), Map.of());
        }
        if (file.hasJsonFormat()) {
            return new AccessLogResource.Lines(sink, file.getPath(), null, json(where.field("json_format"), file.getJsonFormat()));
        }
        return format(where, sink, file.getPath(), file.getLogFormat());
    }

    private AccessLogResource.Lines format(
            Where where, AccessLogResource.Sink sink, String path, SubstitutionFormatString format) {
        Where at = where.field("log_format");
        FORMAT.check(at, format);
        switch (format.getFormatCase()) {
            case TEXT_FORMAT:
                return new AccessLogResource.Lines(sink, path, format.getTextFormat(), Map.of());
            case TEXT_FORMAT_SOURCE:
                return new AccessLogResource.Lines(
                        sink, path, sources.text(at.field("text_format_source"), format.getTextFormatSource()), Map.of());
            case JSON_FORMAT:
                return new AccessLogResource.Lines(sink, path, null, json(at.field("json_format"), format.getJsonFormat()));
            default:
                return new AccessLogResource.Lines(sink, path, null, Map.of());
        }
    }

    private static Map<String, String> json(Where where, Struct struct) {
        Map<String, String> keys = Values.strings(where, struct);
        if (keys.isEmpty()) {
            throw where.refuse("empty (expected: at least one key)");
        }
        return keys;
    }
}
