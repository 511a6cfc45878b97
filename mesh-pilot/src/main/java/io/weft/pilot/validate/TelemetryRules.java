package io.weft.pilot.validate;

import io.weft.pilot.model.LogFilter;
import io.weft.pilot.model.Telemetry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules of a Telemetry. */
final class TelemetryRules {

    private static final int MAX_TAGS = 64;

    private TelemetryRules() {}

    static void check(Telemetry object, Check check) {
        check.labels("spec.selector.matchLabels", object.selector());
        for (int i = 0; i < object.tracing().size(); i++) {
            tracing("spec.tracing[" + i + "]", object.tracing().get(i), check);
        }
        for (int i = 0; i < object.metrics().size(); i++) {
            providers("spec.metrics[" + i + "]", object.metrics().get(i).providers(), check, Telemetry.PROVIDER_PROMETHEUS);
        }
        for (int i = 0; i < object.accessLogging().size(); i++) {
            String path = "spec.accessLogging[" + i + "]";
            Telemetry.AccessLogging logging = object.accessLogging().get(i);
            providers(path, logging.providers(), check, Telemetry.PROVIDER_FILE, Telemetry.PROVIDER_COLLECTOR);
            filter(path + ".filter.expression", logging.filter(), check);
        }
    }

    private static void tracing(String path, Telemetry.Tracing tracing, Check check) {
        providers(path, tracing.providers(), check, Telemetry.PROVIDER_COLLECTOR);
        if (tracing.providers().size() > 1) {
            check.expected(path + ".providers", tracing.providers().size(), "one");
        }
        check.percent(path + ".randomSamplingPercentage", tracing.sampling());
        if (tracing.tags() == null) {
            return;
        }
        if (tracing.tags().size() > MAX_TAGS) {
            check.expected(path + ".customTags", tracing.tags().size(), "<= " + MAX_TAGS);
        }
        tracing.tags().forEach((name, tag) -> tag(path + ".customTags." + name, name, tag, check));
    }

    private static void tag(String path, String name, Telemetry.Tag tag, Check check) {
        if (name.isEmpty()) {
            check.fail(path, "empty (expected: a tag's name)");
        }
        if (tag.source() == Telemetry.Tag.Source.HEADER) {
            check.headerName(path + ".header.name", tag.value());
        } else if (tag.value().isEmpty()) {
            check.fail(path, "empty (expected: a value)");
        }
    }

    private static void providers(String path, List<String> names, Check check, String... known) {
        for (int i = 0; i < names.size(); i++) {
            if (!List.of(known).contains(names.get(i))) {
                check.expected(path + ".providers[" + i + "].name", names.get(i), String.join(" or ", known));
            }
        }
    }

    private static void filter(String path, @Nullable LogFilter filter, Check check) {
        if (filter instanceof LogFilter.All all) {
            all.filters().forEach(each -> filter(path, each, check));
        } else if (filter instanceof LogFilter.Any any) {
            any.filters().forEach(each -> filter(path, each, check));
        } else if (filter instanceof LogFilter.Header header && header.match() == LogFilter.HeaderMatch.REGEX) {
            check.regex(path, header.value());
        }
    }
}
