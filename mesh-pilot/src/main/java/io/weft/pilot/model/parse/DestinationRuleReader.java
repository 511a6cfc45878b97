package io.weft.pilot.model.parse;

import io.weft.pilot.model.ClientTls;
import io.weft.pilot.model.ConnectionPool;
import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.OutlierDetection;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.RetryBudget;
import io.weft.pilot.model.TrafficPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads a DestinationRule's {@code spec}. */
final class DestinationRuleReader {

    private static final long DEFAULT_MAGLEV_TABLE = 65_537;

    private DestinationRuleReader() {}

    static DestinationRule read(ObjectMeta meta, Fields spec) {
        return new DestinationRule(
                meta,
                spec.requiredString("host"),
                spec.child("trafficPolicy", DestinationRuleReader::trafficPolicy),
                spec.list("subsets", DestinationRuleReader::subset),
                CommonReaders.exportTo(spec),
                CommonReaders.selector(spec, "workloadSelector", "matchLabels"));
    }

    private static DestinationRule.Subset subset(Fields fields) {
        return new DestinationRule.Subset(
                fields.requiredString("name"),
                fields.stringMap("labels"),
                fields.child("trafficPolicy", DestinationRuleReader::trafficPolicy));
    }

    private static TrafficPolicy trafficPolicy(Fields fields) {
        fields.unsupported("tunnel", "proxyProtocol");
        return new TrafficPolicy(
                fields.child("loadBalancer", DestinationRuleReader::loadBalancer),
                fields.child("connectionPool", DestinationRuleReader::connectionPool),
                fields.child("outlierDetection", DestinationRuleReader::outlierDetection),
                fields.child("tls", DestinationRuleReader::tls),
                fields.child("retryBudget", each -> new RetryBudget(each.number("percent"), each.integer("minRetryConcurrency"))),
                fields.list("portLevelSettings", DestinationRuleReader::portSettings));
    }

    private static TrafficPolicy.PortSettings portSettings(Fields fields) {
        return new TrafficPolicy.PortSettings(
                fields.requiredChild("port", CommonReaders::portNumber),
                fields.child("loadBalancer", DestinationRuleReader::loadBalancer),
                fields.child("connectionPool", DestinationRuleReader::connectionPool),
                fields.child("outlierDetection", DestinationRuleReader::outlierDetection),
                fields.child("tls", DestinationRuleReader::tls));
    }

    private static LoadBalancer loadBalancer(Fields fields) {
        LoadBalancer.Warmup warmup = fields.child("warmup", DestinationRuleReader::warmup);
        Duration older = fields.duration("warmupDurationSecs");
        if (warmup == null && older != null) {
            warmup = new LoadBalancer.Warmup(older, null, null);
        }
        return new LoadBalancer(
                simple(fields),
                fields.child("consistentHash", DestinationRuleReader::consistentHash),
                fields.child("localityLbSetting", DestinationRuleReader::locality),
                warmup);
    }

    private static LoadBalancer.@Nullable Simple simple(Fields fields) {
        Object value = fields.any("simple");
        if ("UNSPECIFIED".equals(value)) {
            return null;
        }
        // The older name of the same thing.
        return "LEAST_CONN".equals(value)
                ? LoadBalancer.Simple.LEAST_REQUEST
                : fields.choice("simple", LoadBalancer.Simple.class);
    }

    private static LoadBalancer.ConsistentHash consistentHash(Fields fields) {
        Long olderRing = fields.longInteger("minimumRingSize");
        Long ring = fields.child("ringHash", each -> {
            Long size = each.longInteger("minimumRingSize");
            return size == null ? (Long) 0L : size;
        });
        Long maglev = fields.child("maglev", each -> {
            Long size = each.longInteger("tableSize");
            return size == null ? (Long) DEFAULT_MAGLEV_TABLE : size;
        });
        if (ring != null && maglev != null) {
            fields.problems().add(new Problem(fields.here(), "expected only one of ringHash and maglev"));
        }
        Long size = ring != null && ring != 0 ? ring : olderRing;
        return new LoadBalancer.ConsistentHash(
                fields.string("httpHeaderName"),
                fields.child("httpCookie", DestinationRuleReader::cookie),
                fields.flag("useSourceIp"),
                fields.string("httpQueryParameterName"),
                size,
                maglev);
    }

    private static LoadBalancer.Cookie cookie(Fields fields) {
        fields.unsupported("attributes");
        return new LoadBalancer.Cookie(
                fields.requiredString("name"), fields.string("path"), fields.duration("ttl"));
    }

    private static LoadBalancer.LocalitySetting locality(Fields fields) {
        return new LoadBalancer.LocalitySetting(
                fields.bool("enabled"),
                fields.list(
                        "distribute",
                        each -> new LoadBalancer.Distribute(each.requiredString("from"), each.integerMap("to"))),
                fields.list(
                        "failover",
                        each -> new LoadBalancer.Failover(each.requiredString("from"), each.requiredString("to"))),
                fields.strings("failoverPriority"));
    }

    private static LoadBalancer.Warmup warmup(Fields fields) {
        Duration duration = fields.duration("duration");
        if (!fields.has("duration")) {
            fields.problems().add(Problem.missing(fields.path("duration"), "a duration"));
        }
        return new LoadBalancer.Warmup(
                duration == null ? Duration.ZERO : duration,
                fields.number("minimumPercent"),
                fields.number("aggression"));
    }

    static ConnectionPool connectionPool(Fields fields) {
        return new ConnectionPool(
                fields.child("tcp", DestinationRuleReader::tcpPool),
                fields.child("http", DestinationRuleReader::httpPool));
    }

    private static ConnectionPool.Tcp tcpPool(Fields fields) {
        return new ConnectionPool.Tcp(
                fields.integer("maxConnections"),
                fields.duration("connectTimeout"),
                fields.child(
                        "tcpKeepalive",
                        each -> new ConnectionPool.Keepalive(
                                each.integer("probes"), each.duration("time"), each.duration("interval"))),
                fields.duration("maxConnectionDuration"),
                fields.duration("idleTimeout"));
    }

    private static ConnectionPool.Http httpPool(Fields fields) {
        return new ConnectionPool.Http(
                fields.integer("http1MaxPendingRequests"),
                fields.integer("http2MaxRequests"),
                fields.integer("maxRequestsPerConnection"),
                fields.integer("maxRetries"),
                fields.duration("idleTimeout"),
                fields.choice("h2UpgradePolicy", ConnectionPool.H2UpgradePolicy.class),
                fields.flag("useClientProtocol"),
                fields.integer("maxConcurrentStreams"));
    }

    private static OutlierDetection outlierDetection(Fields fields) {
        fields.unsupported("outlierDetectionHttpErrorCodes");
        Integer older = fields.integer("consecutiveErrors");
        Integer consecutive = fields.integer("consecutive5xxErrors");
        return new OutlierDetection(
                fields.flag("splitExternalLocalOriginErrors"),
                fields.integer("consecutiveLocalOriginFailures"),
                fields.integer("consecutiveGatewayErrors"),
                consecutive == null ? older : consecutive,
                fields.duration("interval"),
                fields.duration("baseEjectionTime"),
                fields.integer("maxEjectionPercent"),
                fields.integer("minHealthPercent"));
    }

    private static ClientTls tls(Fields fields) {
        fields.unsupported("caCrl");
        ClientTls.Mode mode = fields.choice("mode", ClientTls.Mode.class);
        return new ClientTls(
                // Unset is the reference's zero value: no TLS.
                mode == null ? ClientTls.Mode.DISABLE : mode,
                fields.string("clientCertificate"),
                fields.string("privateKey"),
                fields.string("caCertificates"),
                fields.string("credentialName"),
                fields.strings("subjectAltNames"),
                fields.string("sni"),
                fields.bool("insecureSkipVerify"));
    }
}
