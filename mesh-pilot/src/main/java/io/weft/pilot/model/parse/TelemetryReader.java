package io.weft.pilot.model.parse;

import io.weft.pilot.model.LogFilter;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.model.Telemetry.Mode;
import io.weft.pilot.model.Telemetry.Tag;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a Telemetry's {@code spec}. */
final class TelemetryReader {

    private TelemetryReader() {}

    static Telemetry read(ObjectMeta meta, Fields spec) {
        spec.unsupported("targetRef", "targetRefs");
        return new Telemetry(
                meta,
                CommonReaders.selector(spec, "selector", "matchLabels"),
                spec.list("tracing", TelemetryReader::tracing),
                spec.list("metrics", TelemetryReader::metrics),
                spec.list("accessLogging", TelemetryReader::accessLogging));
    }

    private static Telemetry.Tracing tracing(Fields fields) {
        fields.unsupported("useRequestIdForTraceSampling", "enableIstioTags", "disableContextPropagation");
        return new Telemetry.Tracing(
                mode(fields),
                providers(fields),
                fields.number("randomSamplingPercentage"),
                fields.bool("disableSpanReporting"),
                tags(fields));
    }

    private static @Nullable Map<String, Tag> tags(Fields fields) {
        return fields.has("customTags") ? fields.map("customTags", TelemetryReader::tag) : null;
    }

    private static Tag tag(Fields fields) {
        fields.unsupported("formatter");
        List<Tag> tags = Stream.of(
                        fields.child("literal", each -> new Tag(Tag.Source.LITERAL, each.requiredString("value"), null)),
                        fields.child("environment", each -> named(Tag.Source.ENVIRONMENT, each)),
                        fields.child("header", each -> named(Tag.Source.HEADER, each)))
                .filter(Objects::nonNull)
                .toList();
        if (tags.size() != 1) {
            fields.problems().add(new Problem(fields.here(), tags.size() + " sources (expected: one of literal, environment, header)"));
            return new Tag(Tag.Source.LITERAL, "", null);
        }
        return tags.get(0);
    }

    private static Tag named(Tag.Source source, Fields fields) {
        return new Tag(source, fields.requiredString("name"), fields.string("defaultValue"));
    }

    private static Telemetry.Metrics metrics(Fields fields) {
        fields.unsupported("reportingInterval");
        return new Telemetry.Metrics(providers(fields), fields.list("overrides", TelemetryReader::override));
    }

    private static Telemetry.MetricOverride override(Fields fields) {
        fields.unsupported("tagOverrides");
        Telemetry.MetricOverride match = fields.child("match", TelemetryReader::metric);
        Boolean disabled = fields.bool("disabled");
        return match == null
                ? new Telemetry.MetricOverride(Telemetry.Metric.ALL_METRICS, Mode.CLIENT_AND_SERVER, disabled)
                : new Telemetry.MetricOverride(match.metric(), match.mode(), disabled);
    }

    private static Telemetry.MetricOverride metric(Fields fields) {
        fields.unsupported("customMetric");
        Telemetry.Metric metric = fields.choice("metric", Telemetry.Metric.class);
        return new Telemetry.MetricOverride(metric == null ? Telemetry.Metric.ALL_METRICS : metric, ownMode(fields), null);
    }

    private static Telemetry.AccessLogging accessLogging(Fields fields) {
        return new Telemetry.AccessLogging(
                mode(fields), providers(fields), fields.flag("disabled"), fields.child("filter", TelemetryReader::filter));
    }

    private static @Nullable LogFilter filter(Fields fields) {
        String expression = fields.requiredString("expression");
        if (expression.isEmpty()) {
            return null;
        }
        try {
            return LogExpression.parse(expression);
        } catch (IllegalArgumentException e) {
            fields.problems().add(new Problem(fields.path("expression"), String.valueOf(e.getMessage())));
            return null;
        }
    }

    private static Mode mode(Fields fields) {
        Mode mode = fields.child("match", TelemetryReader::ownMode);
        return mode == null ? Mode.CLIENT_AND_SERVER : mode;
    }

    private static Mode ownMode(Fields fields) {
        Mode mode = fields.choice("mode", Mode.class);
        return mode == null ? Mode.CLIENT_AND_SERVER : mode;
    }

    private static List<String> providers(Fields fields) {
        return fields.list("providers", each -> each.requiredString("name"));
    }
}
