package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code AccessLog} → {@link AccessLogResource}. */
final class AccessLogParser {
    private static final Fields LOG = Fields.of(AccessLog.getDescriptor(), "typed_config")
            .ignore("the type of typed_config decides", "name");
    private static final Fields FILE =
            Fields.of(FileAccessLog.getDescriptor(), "path", "format", "json_format", "log_format");
    private static final Fields OUT = Fields.of(StdoutAccessLog.getDescriptor(), "log_format");
    private static final Fields ERR = Fields.of(StderrAccessLog.getDescriptor(), "log_format");
    private static final Fields FORMAT = Fields.of(
            SubstitutionFormatString.getDescriptor(), "text_format", "text_format_source", "json_format");

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
        throw at.refuse("unsupported type " + config.getTypeUrl());
    }

    private AccessLogResource file(Where where, FileAccessLog file) {
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
            return new AccessLogResource(sink, file.getPath(), file.getFormat(), Map.of());
        }
        if (file.hasJsonFormat()) {
            return new AccessLogResource(sink, file.getPath(), null, json(where.field("json_format"), file.getJsonFormat()));
        }
        return format(where, sink, file.getPath(), file.getLogFormat());
    }

    private AccessLogResource format(
            Where where, AccessLogResource.Sink sink, String path, SubstitutionFormatString format) {
        Where at = where.field("log_format");
        FORMAT.check(at, format);
        switch (format.getFormatCase()) {
            case TEXT_FORMAT:
                return new AccessLogResource(sink, path, format.getTextFormat(), Map.of());
            case TEXT_FORMAT_SOURCE:
                return new AccessLogResource(
                        sink, path, sources.text(at.field("text_format_source"), format.getTextFormatSource()), Map.of());
            case JSON_FORMAT:
                return new AccessLogResource(sink, path, null, json(at.field("json_format"), format.getJsonFormat()));
            default:
                return new AccessLogResource(sink, path, null, Map.of());
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
