package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.generate.Proxies;
import io.weft.pilot.generate.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTargetTest {

    private static final Proxy REVIEWS = Proxies.sidecar("reviews", "v1", 9080, 21001, 21101);
    private static final NodeId NODE = NodeId.parse("sidecar~10.0.0.7~reviews-v1.default~default.svc.cluster.local");

    @Test
    void aProxysOwnAddressIsATarget() {
        assertThat(MetricsTarget.of(REVIEWS, NODE, "10.0.0.7:15090/stats/prometheus"))
                .contains(new MetricsTarget(
                        List.of("10.0.0.7:15090"),
                        Map.of(
                                "__metrics_path__", "/stats/prometheus",
                                "workload", "reviews-v1",
                                "namespace", "default",
                                "app", "reviews",
                                "version", "v1")));
        NodeId six = NodeId.parse("sidecar~fd00::7~reviews-v1.default~default.svc.cluster.local");
        assertThat(MetricsTarget.of(REVIEWS, six, "[fd00::7]:15090/metrics")).isPresent();
    }

    /** Else whoever connects could have a part of the mesh ask anybody anything. */
    @ParameterizedTest
    @ValueSource(strings = {
        "", "10.0.0.8:15090/metrics", "localhost:15090/metrics", "10.0.0.7/metrics", "10.0.0.7:0/metrics", "10.0.0.7:99999/metrics",
        "10.0.0.7:80/a?b=c", "10.0.0.7:80/a b", "10.0.0.7:80/\n", "x@10.0.0.7:80/a", "http://10.0.0.7:80/a"})
    void nothingElse(String place) {
        assertThat(MetricsTarget.of(REVIEWS, NODE, place)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "::"})
    void anAddressThatIsNoHosts_isNoTarget(String ip) {
        NodeId node = NodeId.parse("sidecar~" + ip + "~reviews-v1.default~default.svc.cluster.local");
        assertThat(MetricsTarget.of(REVIEWS, node, MetricsTarget.shown(ip) + ":80/latest/meta-data")).isEmpty();
    }

    @Test
    void whoIsNotKnown_isNoTarget() {
        assertThat(MetricsTarget.of(Proxies.client("default", Map.of()), NODE, "10.0.0.7:15090/metrics")).isEmpty();
    }
}
