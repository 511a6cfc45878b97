package io.weft.pilot.validate;

import io.weft.pilot.model.ClientTls;
import io.weft.pilot.model.ConnectionPool;
import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.model.OutlierDetection;
import io.weft.pilot.model.RetryBudget;
import io.weft.pilot.model.TrafficPolicy;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Rules of a DestinationRule. */
final class DestinationRuleRules {

    private static final long MAX_MAGLEV_TABLE = 5_000_011;
    private static final long MAX_RING = 8 << 20;

    private DestinationRuleRules() {}

    static void check(DestinationRule object, Check check) {
        check.host("spec.host", object.host());
        policy("spec.trafficPolicy", object.trafficPolicy(), check);
        for (int i = 0; i < object.subsets().size(); i++) {
            DestinationRule.Subset subset = object.subsets().get(i);
            String path = "spec.subsets[" + i + "]";
            check.label(path + ".name", subset.name());
            check.labels(path + ".labels", subset.labels());
            policy(path + ".trafficPolicy", subset.trafficPolicy(), check);
        }
        check.exportTo("spec.exportTo", object.exportTo());
        check.labels("spec.workloadSelector.matchLabels", object.workloadSelector());
    }

    private static void policy(String path, @Nullable TrafficPolicy policy, Check check) {
        if (policy == null) {
            return;
        }
        loadBalancer(path + ".loadBalancer", policy.loadBalancer(), check);
        pool(path + ".connectionPool", policy.connectionPool(), check);
        outlier(path + ".outlierDetection", policy.outlierDetection(), check);
        tls(path + ".tls", policy.tls(), check);
        retryBudget(path + ".retryBudget", policy.retryBudget(), check);
        for (int i = 0; i < policy.portLevelSettings().size(); i++) {
            TrafficPolicy.PortSettings port = policy.portLevelSettings().get(i);
            String at = path + ".portLevelSettings[" + i + "]";
            check.port(at + ".port.number", port.port());
            loadBalancer(at + ".loadBalancer", port.loadBalancer(), check);
            pool(at + ".connectionPool", port.connectionPool(), check);
            outlier(at + ".outlierDetection", port.outlierDetection(), check);
            tls(at + ".tls", port.tls(), check);
        }
    }

    private static void loadBalancer(String path, @Nullable LoadBalancer balancer, Check check) {
        if (balancer == null) {
            return;
        }
        LoadBalancer.ConsistentHash hash = balancer.consistentHash();
        if (balancer.simple() != null && hash != null) {
            check.fail(path, "both simple and consistentHash (expected: only one of them)");
        }
        if (hash != null) {
            hash(path + ".consistentHash", hash, check);
        }
        locality(path + ".localityLbSetting", balancer.localityLbSetting(), check);
        warmup(path + ".warmup", balancer, check);
    }

    private static void hash(String path, LoadBalancer.ConsistentHash hash, Check check) {
        int keys = (hash.httpHeaderName() != null ? 1 : 0)
                + (hash.httpCookie() != null ? 1 : 0)
                + (hash.useSourceIp() ? 1 : 0)
                + (hash.httpQueryParameterName() != null ? 1 : 0);
        if (keys != 1) {
            check.fail(
                    path,
                    keys + " keys (expected: exactly one of httpHeaderName, httpCookie, useSourceIp and"
                            + " httpQueryParameterName)");
        }
        if (hash.httpHeaderName() != null) {
            check.headerName(path + ".httpHeaderName", hash.httpHeaderName());
        }
        LoadBalancer.Cookie cookie = hash.httpCookie();
        if (cookie != null) {
            check.headerName(path + ".httpCookie.name", cookie.name());
            check.notNegative(path + ".httpCookie.ttl", cookie.ttl());
        }
        Long ring = hash.minimumRingSize();
        if (ring != null && (ring < 0 || ring > MAX_RING)) {
            check.expected(path + ".ringHash.minimumRingSize", ring, "0 to " + MAX_RING);
        }
        Long table = hash.maglevTableSize();
        boolean prime = table != null
                && table > 1
                && table < MAX_MAGLEV_TABLE
                && BigInteger.valueOf(table).isProbablePrime(40);
        if (table != null && !prime) {
            check.expected(path + ".maglev.tableSize", table, "a prime below " + MAX_MAGLEV_TABLE);
        }
    }

    private static void locality(String path, LoadBalancer.@Nullable LocalitySetting locality, Check check) {
        if (locality == null) {
            return;
        }
        int ways = (locality.distribute().isEmpty() ? 0 : 1)
                + (locality.failover().isEmpty() ? 0 : 1)
                + (locality.failoverPriority().isEmpty() ? 0 : 1);
        boolean regionsFirst = locality.distribute().isEmpty() && !locality.failover().isEmpty();
        if (ways > 1 && !regionsFirst) {
            check.fail(path, "expected only one of distribute, failover and failoverPriority");
        }
        for (int i = 0; i < locality.distribute().size(); i++) {
            LoadBalancer.Distribute distribute = locality.distribute().get(i);
            int sum = 0;
            for (int weight : distribute.to().values()) {
                check.range(path + ".distribute[" + i + "].to", weight, 1, 100);
                sum += Math.min(Math.max(weight, 0), 1000);
            }
            if (sum != 100) {
                check.expected(path + ".distribute[" + i + "].to", sum, "weights that sum to 100");
            }
        }
        for (int i = 0; i < locality.failover().size(); i++) {
            LoadBalancer.Failover failover = locality.failover().get(i);
            if (failover.from().equals(failover.to())) {
                check.expected(path + ".failover[" + i + "].to", failover.to(), "another region than from");
            }
        }
    }

    private static void warmup(String path, LoadBalancer balancer, Check check) {
        LoadBalancer.Warmup warmup = balancer.warmup();
        if (warmup == null) {
            return;
        }
        check.duration(path + ".duration", warmup.duration());
        check.percent(path + ".minimumPercent", warmup.minimumPercent());
        Double aggression = warmup.aggression();
        if (aggression != null && !(aggression >= 1)) {
            check.expected(path + ".aggression", aggression, ">= 1");
        }
    }

    static void pool(String path, @Nullable ConnectionPool pool, Check check) {
        if (pool == null) {
            return;
        }
        ConnectionPool.Tcp tcp = pool.tcp();
        if (tcp != null) {
            check.notNegative(path + ".tcp.maxConnections", tcp.maxConnections());
            check.duration(path + ".tcp.connectTimeout", tcp.connectTimeout());
            check.duration(path + ".tcp.maxConnectionDuration", tcp.maxConnectionDuration());
            check.duration(path + ".tcp.idleTimeout", tcp.idleTimeout());
            ConnectionPool.Keepalive keepalive = tcp.tcpKeepalive();
            if (keepalive != null) {
                check.notNegative(path + ".tcp.tcpKeepalive.probes", keepalive.probes());
                check.duration(path + ".tcp.tcpKeepalive.time", keepalive.time());
                check.duration(path + ".tcp.tcpKeepalive.interval", keepalive.interval());
            }
        }
        ConnectionPool.Http http = pool.http();
        if (http != null) {
            check.notNegative(path + ".http.http1MaxPendingRequests", http.http1MaxPendingRequests());
            check.notNegative(path + ".http.http2MaxRequests", http.http2MaxRequests());
            check.notNegative(path + ".http.maxRequestsPerConnection", http.maxRequestsPerConnection());
            check.notNegative(path + ".http.maxRetries", http.maxRetries());
            check.notNegative(path + ".http.maxConcurrentStreams", http.maxConcurrentStreams());
            check.duration(path + ".http.idleTimeout", http.idleTimeout());
        }
    }

    private static void outlier(String path, @Nullable OutlierDetection outlier, Check check) {
        if (outlier == null) {
            return;
        }
        check.notNegative(path + ".consecutiveLocalOriginFailures", outlier.consecutiveLocalOriginFailures());
        if (outlier.consecutiveLocalOriginFailures() != null && !outlier.splitExternalLocalOriginErrors()) {
            check.expected(
                    path + ".consecutiveLocalOriginFailures",
                    outlier.consecutiveLocalOriginFailures(),
                    "splitExternalLocalOriginErrors: true beside it");
        }
        check.notNegative(path + ".consecutiveGatewayErrors", outlier.consecutiveGatewayErrors());
        check.notNegative(path + ".consecutive5xxErrors", outlier.consecutive5xxErrors());
        check.duration(path + ".interval", outlier.interval());
        check.duration(path + ".baseEjectionTime", outlier.baseEjectionTime());
        check.range(path + ".maxEjectionPercent", outlier.maxEjectionPercent(), 0, 100);
        check.range(path + ".minHealthPercent", outlier.minHealthPercent(), 0, 100);
    }

    private static void retryBudget(String path, @Nullable RetryBudget budget, Check check) {
        if (budget != null) {
            check.percent(path + ".percent", budget.percent());
            check.notNegative(path + ".minRetryConcurrency", budget.minRetryConcurrency());
        }
    }

    private static void tls(String path, @Nullable ClientTls tls, Check check) {
        if (tls == null) {
            return;
        }
        boolean files = tls.clientCertificate() != null || tls.privateKey() != null;
        if (tls.mode() == ClientTls.Mode.ISTIO_MUTUAL && (files || tls.caCertificates() != null)) {
            check.fail(path, "certificates beside ISTIO_MUTUAL (expected: none, the mesh's own are used)");
        }
        if (tls.credentialName() != null) {
            // Connecting without the certificate, or trusting other authorities, is not what its author asked for.
            check.fail(path + ".credentialName", "is not supported by this mesh-pilot (expected: files of the proxy)");
        }
        if (tls.mode() == ClientTls.Mode.MUTUAL && tls.clientCertificate() == null) {
            check.missing(path + ".clientCertificate", "a file, as mode is MUTUAL");
        }
        if (tls.mode() == ClientTls.Mode.MUTUAL && tls.privateKey() == null) {
            check.missing(path + ".privateKey", "a file, as mode is MUTUAL");
        }
        if (tls.sni() != null && !tls.sni().isEmpty()) {
            check.plainHost(path + ".sni", tls.sni());
        }
    }
}
