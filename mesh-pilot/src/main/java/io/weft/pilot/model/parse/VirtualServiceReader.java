package io.weft.pilot.model.parse;

import io.weft.pilot.model.CorsPolicy;
import io.weft.pilot.model.Fault;
import io.weft.pilot.model.HttpMatch;
import io.weft.pilot.model.HttpRoute;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.Retries;
import io.weft.pilot.model.StringMatch;
import io.weft.pilot.model.TcpRoute;
import io.weft.pilot.model.TlsRoute;
import io.weft.pilot.model.VirtualService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a VirtualService's {@code spec}. */
final class VirtualServiceReader {

    private VirtualServiceReader() {}

    static VirtualService read(ObjectMeta meta, Fields spec) {
        return new VirtualService(
                meta,
                spec.strings("hosts"),
                spec.strings("gateways"),
                spec.list("http", VirtualServiceReader::http),
                spec.list("tls", VirtualServiceReader::tls),
                spec.list("tcp", VirtualServiceReader::tcp),
                CommonReaders.exportTo(spec));
    }

    private static HttpRoute http(Fields fields) {
        return new HttpRoute(
                fields.string("name"),
                fields.list("match", VirtualServiceReader::httpMatch),
                fields.list("route", VirtualServiceReader::httpDestination),
                fields.child("redirect", VirtualServiceReader::redirect),
                fields.child("directResponse", VirtualServiceReader::directResponse),
                fields.child(
                        "delegate",
                        each -> new HttpRoute.Delegate(each.requiredString("name"), each.string("namespace"))),
                fields.child("rewrite", VirtualServiceReader::rewrite),
                fields.duration("timeout"),
                fields.child("retries", VirtualServiceReader::retries),
                fields.child("fault", VirtualServiceReader::fault),
                fields.child("mirror", CommonReaders::destination),
                CommonReaders.percentage(fields, "mirrorPercentage", "mirrorPercent", "mirror_percent"),
                fields.list("mirrors", VirtualServiceReader::mirror),
                fields.child("corsPolicy", VirtualServiceReader::cors),
                CommonReaders.headers(fields));
    }

    private static HttpMatch httpMatch(Fields fields) {
        return new HttpMatch(
                fields.string("name"),
                fields.child("uri", CommonReaders::stringMatch),
                fields.child("scheme", CommonReaders::stringMatch),
                fields.child("method", CommonReaders::stringMatch),
                fields.child("authority", CommonReaders::stringMatch),
                withoutPseudoHeaders(fields.map("headers", CommonReaders::stringMatch)),
                withoutPseudoHeaders(fields.map("withoutHeaders", CommonReaders::stringMatch)),
                fields.map("queryParams", CommonReaders::stringMatch),
                fields.integer("port"),
                fields.stringMap("sourceLabels"),
                fields.strings("gateways"),
                fields.string("sourceNamespace"),
                fields.flag("ignoreUriCase"),
                fields.string("statPrefix"));
    }

    /** The reference mesh ignores these keys among headers: they have fields of their own. */
    private static Map<String, StringMatch> withoutPseudoHeaders(Map<String, StringMatch> headers) {
        Map<String, StringMatch> kept = new LinkedHashMap<>(headers);
        kept.keySet().removeAll(List.of("uri", "scheme", "method", "authority"));
        return kept;
    }

    private static HttpRoute.WeightedDestination httpDestination(Fields fields) {
        return new HttpRoute.WeightedDestination(
                fields.requiredChild("destination", CommonReaders::destination),
                fields.integer("weight"),
                CommonReaders.headers(fields));
    }

    private static HttpRoute.Redirect redirect(Fields fields) {
        return new HttpRoute.Redirect(
                fields.string("uri"),
                fields.string("prefixRewrite"),
                fields.string("authority"),
                fields.integer("port"),
                fields.choice("derivePort", HttpRoute.DerivePort.class),
                fields.string("scheme"),
                fields.integer("redirectCode"));
    }

    private static HttpRoute.DirectResponse directResponse(Fields fields) {
        int status = fields.requiredInteger("status");
        return new HttpRoute.DirectResponse(status, fields.child("body", VirtualServiceReader::body));
    }

    private static byte @Nullable [] body(Fields fields) {
        String text = fields.string("string");
        String bytes = fields.string("bytes");
        if (text != null && bytes != null) {
            fields.problems().add(new Problem(fields.here(), "expected only one of string and bytes"));
        }
        if (text != null) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        if (bytes == null) {
            fields.problems().add(Problem.missing(fields.here(), "string or bytes"));
            return new byte[0];
        }
        try {
            return Base64.getDecoder().decode(bytes);
        } catch (IllegalArgumentException notBase64) {
            fields.problems().add(Problem.expected(fields.path("bytes"), bytes, "base64"));
            return new byte[0];
        }
    }

    private static HttpRoute.Rewrite rewrite(Fields fields) {
        return new HttpRoute.Rewrite(
                fields.string("uri"),
                fields.string("authority"),
                fields.child(
                        "uriRegexRewrite",
                        each -> new HttpRoute.RegexRewrite(
                                each.requiredString("match"), each.requiredString("rewrite"))));
    }

    private static Retries retries(Fields fields) {
        fields.unsupported("retryRemoteLocalities");
        return new Retries(
                fields.integer("attempts"),
                fields.duration("perTryTimeout"),
                fields.string("retryOn"),
                fields.bool("retryIgnorePreviousHosts"),
                fields.duration("backoff"));
    }

    private static Fault fault(Fields fields) {
        return new Fault(
                fields.child("delay", VirtualServiceReader::delay), fields.child("abort", VirtualServiceReader::abort));
    }

    private static Fault.Delay delay(Fields fields) {
        fields.unsupported("exponentialDelay");
        Duration fixed = fields.duration("fixedDelay");
        if (!fields.has("fixedDelay")) {
            fields.problems().add(Problem.missing(fields.path("fixedDelay"), "a duration"));
        }
        return new Fault.Delay(
                fixed == null ? Duration.ZERO : fixed, CommonReaders.percentage(fields, "percentage", "percent"));
    }

    private static Fault.Abort abort(Fields fields) {
        fields.unsupported("http2Error");
        return new Fault.Abort(
                fields.integer("httpStatus"),
                fields.string("grpcStatus"),
                CommonReaders.percentage(fields, "percentage", "percent"));
    }

    private static HttpRoute.Mirror mirror(Fields fields) {
        return new HttpRoute.Mirror(
                fields.requiredChild("destination", CommonReaders::destination),
                CommonReaders.percentage(fields, "percentage"));
    }

    private static CorsPolicy cors(Fields fields) {
        List<StringMatch> origins = new ArrayList<>(fields.list("allowOrigins", CommonReaders::stringMatch));
        for (String origin : fields.strings("allowOrigin")) {
            origins.add(origin.equals("*") ? StringMatch.regex(".*") : StringMatch.exact(origin));
        }
        CorsPolicy.UnmatchedPreflights unmatched = "UNSPECIFIED".equals(fields.any("unmatchedPreflights"))
                ? null
                : fields.choice("unmatchedPreflights", CorsPolicy.UnmatchedPreflights.class);
        return new CorsPolicy(
                origins,
                fields.strings("allowMethods"),
                fields.strings("allowHeaders"),
                fields.strings("exposeHeaders"),
                fields.duration("maxAge"),
                fields.bool("allowCredentials"),
                unmatched);
    }

    private static TlsRoute tls(Fields fields) {
        return new TlsRoute(
                fields.list(
                        "match",
                        each -> new TlsRoute.Match(
                                each.strings("sniHosts"),
                                each.strings("destinationSubnets"),
                                each.integer("port"),
                                each.stringMap("sourceLabels"),
                                each.strings("gateways"),
                                each.string("sourceNamespace"))),
                fields.list("route", VirtualServiceReader::tcpDestination));
    }

    private static TcpRoute tcp(Fields fields) {
        return new TcpRoute(
                fields.list(
                        "match",
                        each -> new TcpRoute.Match(
                                each.strings("destinationSubnets"),
                                each.integer("port"),
                                each.unsupported("sourceSubnet").stringMap("sourceLabels"),
                                each.strings("gateways"),
                                each.string("sourceNamespace"))),
                fields.list("route", VirtualServiceReader::tcpDestination));
    }

    private static TcpRoute.WeightedDestination tcpDestination(Fields fields) {
        return new TcpRoute.WeightedDestination(
                fields.requiredChild("destination", CommonReaders::destination), fields.integer("weight"));
    }
}
