package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code trafficPolicy.retryBudget}: how many retries a client may have under way. */
class RetryBudgetTest {

    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
    private static final String V1 = "outbound|9080|v1|reviews.default.svc.cluster.local";
    private static final String V2 = "outbound|9080|v2|reviews.default.svc.cluster.local";

    private static String rule(String policy, String subsets) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: reviews, namespace: default}
                spec: {host: reviews, trafficPolicy: %s, subsets: %s}
                """
                .formatted(policy, subsets);
    }

    private static Thresholds limits(String rule, String cluster) {
        return Generated.of(MeshYaml.state(MeshYaml.file("bookinfo.yaml"), rule), Proxies.client("default", Map.of()))
                .cluster(cluster)
                .getCircuitBreakers()
                .getThresholds(0);
    }

    /** 0 of them is unset, as any limit of the reference mesh; 0 percent is none but the fewest. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                         | 20   | 3",
        "{percent: 12.5}                            | 12.5 | 3",
        "{percent: 100}                             | 100  | 3",
        "{percent: 0, minRetryConcurrency: 1}       | 0    | 1",
        "{percent: 5, minRetryConcurrency: 0}       | 5    | 3",
        "{minRetryConcurrency: 10}                  | 20   | 10"
    })
    void aBudgetIsEnvoys_withTheReferencesDefaults(String budget, double percent, int least) {
        Thresholds.RetryBudget generated = limits(rule("{retryBudget: " + budget + "}", "[]"), REVIEWS).getRetryBudget();

        assertThat(generated.getBudgetPercent().getValue()).isEqualTo(percent);
        assertThat(generated.getMinRetryConcurrency().getValue()).isEqualTo(least);
    }

    @Test
    void withoutOne_onlyTheirNumberLimitsThem() {
        Thresholds limits = limits(rule("{connectionPool: {http: {maxRetries: 4}}}", "[]"), REVIEWS);

        assertThat(limits.hasRetryBudget()).isFalse();
        assertThat(limits.getMaxRetries().getValue()).isEqualTo(4);
    }

    @Test
    void aSubsetHasItsOwn_orTheUpperOne_whichSettingsOfAPortLeaveAlone() {
        String rule = rule(
                "{retryBudget: {percent: 30}, portLevelSettings: [{port: {number: 9080}, loadBalancer: {simple: RANDOM}}]}",
                "[{name: v1, labels: {version: v1}, trafficPolicy: {retryBudget: {minRetryConcurrency: 7}}},"
                        + " {name: v2, labels: {version: v2}, trafficPolicy: {outlierDetection: {interval: 1s}}}]");

        assertThat(limits(rule, REVIEWS).getRetryBudget().getBudgetPercent().getValue()).isEqualTo(30);
        assertThat(limits(rule, V2).getRetryBudget().getBudgetPercent().getValue()).as("inherited").isEqualTo(30);
        assertThat(limits(rule, V1).getRetryBudget().getBudgetPercent().getValue()).as("nothing is merged inside a block").isEqualTo(20);
        assertThat(limits(rule, V1).getRetryBudget().getMinRetryConcurrency().getValue()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{retryBudget: {percent: many}}                              | spec.trafficPolicy.retryBudget.percent: \"many\" (expected: a number)",
        "{retryBudget: {percent: {value: 20}}}                       | spec.trafficPolicy.retryBudget.percent",
        "{retryBudget: {minRetryConcurrency: 1.5}}                   | spec.trafficPolicy.retryBudget.minRetryConcurrency: 1.5 (expected: a whole number)",
        "{retryBudget: {minRetryConcurrency: 4294967296}}            | spec.trafficPolicy.retryBudget.minRetryConcurrency",
        "{retryBudget: {percentage: 20}}                             | spec.trafficPolicy.retryBudget.percentage",
        "{retryBudget: 20}                                           | spec.trafficPolicy.retryBudget",
        "{portLevelSettings: [{port: {number: 80}, retryBudget: {}}]} | spec.trafficPolicy.portLevelSettings[0].retryBudget"
    })
    void whatIsNoBudget_isRefusedWithItsPlace(String policy, String problem) throws UnreadableException {
        assertThat(ObjectParser.parse(YamlReader.read(rule(policy, "[]"))).problems())
                .singleElement()
                .satisfies(each -> assertThat(each.toString()).contains(problem));
    }
}
