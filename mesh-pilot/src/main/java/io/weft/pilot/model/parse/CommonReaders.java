package io.weft.pilot.model.parse;

import io.weft.pilot.model.Destination;
import io.weft.pilot.model.HeaderOperations;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.StringMatch;
import io.weft.pilot.model.WorkloadSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shapes that several kinds share. */
final class CommonReaders {

    /** Names in users' YAML; compared without case. */
    private static final Map<String, Protocol> PROTOCOLS = Map.ofEntries(
            Map.entry("http", Protocol.HTTP),
            Map.entry("http_proxy", Protocol.HTTP),
            Map.entry("http2", Protocol.HTTP2),
            Map.entry("grpc", Protocol.GRPC),
            Map.entry("grpc-web", Protocol.GRPC_WEB),
            Map.entry("https", Protocol.HTTPS),
            Map.entry("tls", Protocol.TLS),
            Map.entry("tcp", Protocol.TCP),
            Map.entry("mongo", Protocol.MONGO),
            Map.entry("redis", Protocol.REDIS),
            Map.entry("mysql", Protocol.MYSQL),
            Map.entry("udp", Protocol.UDP));

    private CommonReaders() {}

    static Destination destination(Fields fields) {
        String host = fields.requiredString("host");
        String subset = fields.string("subset");
        return new Destination(host, subset, fields.child("port", CommonReaders::portNumber));
    }

    static int portNumber(Fields fields) {
        return fields.requiredInteger("number");
    }

    static HeaderOperations headers(Fields parent) {
        HeaderOperations operations = parent.child("headers", CommonReaders::headerOperations);
        return operations == null ? HeaderOperations.NONE : operations;
    }

    private static HeaderOperations headerOperations(Fields fields) {
        return new HeaderOperations(change(fields, "request"), change(fields, "response"));
    }

    private static HeaderOperations.Change change(Fields fields, String name) {
        HeaderOperations.Change change = fields.child(
                name,
                each -> new HeaderOperations.Change(
                        each.stringMap("set"), each.stringMap("add"), each.strings("remove")));
        return change == null ? HeaderOperations.Change.NONE : change;
    }

    /** An empty mapping matches any value that is there. */
    static StringMatch stringMatch(Fields fields) {
        String exact = fields.string("exact");
        String prefix = fields.string("prefix");
        String regex = fields.string("regex");
        int set = (exact == null ? 0 : 1) + (prefix == null ? 0 : 1) + (regex == null ? 0 : 1);
        if (set > 1) {
            fields.problems().add(new Problem(fields.here(), "expected only one of exact, prefix and regex"));
        }
        if (exact != null) {
            return StringMatch.exact(exact);
        }
        if (prefix != null) {
            return StringMatch.prefix(prefix);
        }
        return regex != null ? StringMatch.regex(regex) : StringMatch.present();
    }

    /** The protocol named by a field; {@link Protocol#UNKNOWN} when it is unset. */
    static Protocol protocol(Fields fields, String name) {
        String text = fields.string(name);
        if (text == null || text.isEmpty()) {
            return Protocol.UNKNOWN;
        }
        Protocol protocol = PROTOCOLS.get(text.toLowerCase(Locale.ROOT));
        if (protocol == null) {
            fields.problems()
                    .add(Problem.expected(
                            fields.path(name), text, "one of HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, TLS, TCP, MONGO, REDIS, MYSQL, UDP"));
            return Protocol.UNKNOWN;
        }
        return protocol;
    }

    /** A percentage written as {@code {value: 12.5}}, or in the older whole-number field. */
    static @Nullable Double percentage(Fields fields, String name, String... older) {
        Double percentage = fields.child(name, each -> {
            Double value = each.number("value");
            return value == null ? (Double) 0.0 : value;
        });
        for (String olderName : older) {
            Integer percent = fields.integer(olderName);
            if (percentage == null && percent != null) {
                percentage = percent.doubleValue();
            }
        }
        return percentage;
    }

    static WorkloadSpec workload(Fields fields) {
        return new WorkloadSpec(
                fields.string("address"),
                fields.integerMap("ports"),
                fields.stringMap("labels"),
                fields.string("network"),
                fields.string("locality"),
                fields.integer("weight"),
                fields.string("serviceAccount"));
    }

    /** Labels under {@code name: {<inner>: {…}}}; null when there is no selector. */
    static @Nullable Map<String, String> selector(Fields fields, String name, String inner) {
        return fields.child(name, each -> each.stringMap(inner));
    }

    static List<String> exportTo(Fields fields) {
        return fields.strings("exportTo");
    }
}
