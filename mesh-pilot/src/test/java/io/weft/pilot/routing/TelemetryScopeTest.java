package io.weft.pilot.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.MeshYaml;
import io.weft.pilot.model.LogFilter;
import io.weft.pilot.model.LogFilter.Comparison;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.model.Telemetry.Metric;
import io.weft.pilot.model.Telemetry.Mode;
import io.weft.pilot.state.MeshState;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TelemetryScopeTest {

    private static final Optional<LogFilter> ALWAYS = Optional.empty();
    private static final Optional<LogFilter> ERRORS = Optional.of(new LogFilter.Code(Comparison.AT_LEAST, 400));
    private static final Set<String> BOTH = Set.of("envoy", "weft");
    private static final Set<String> NONE = Set.of();

    private static final String MESH_WIDE = object("mesh", "istio-system", "accessLogging: [{providers: [{name: envoy}]}]");

    @Test
    void withoutAnyObject_theStandardHolds() {
        assertThat(logs(Mode.CLIENT, BOTH)).isEqualTo(Map.of("envoy", ALWAYS, "weft", ALWAYS));
        assertThat(logs(Mode.CLIENT, NONE)).isEmpty();
    }

    @Test
    void theMeshsObjectHoldsEverywhere() {
        assertThat(logs(Mode.SERVER, NONE, MESH_WIDE)).isEqualTo(Map.of("envoy", ALWAYS));
    }

    @Test
    void aNamespaceMaySayOtherwise_andAWorkloadAgain() {
        String silent = object("quiet", "default", "accessLogging: [{disabled: true}]");
        String loud = object(
                "loud",
                "default",
                "selector: {matchLabels: {app: reviews}}",
                "accessLogging: [{providers: [{name: envoy}], filter: {expression: response.code >= 400}}]");

        assertThat(logs(Mode.SERVER, NONE, MESH_WIDE, silent)).isEmpty();
        assertThat(logs(Mode.SERVER, NONE, MESH_WIDE, silent, loud)).isEqualTo(Map.of("envoy", ERRORS));
    }

    @Test
    void otherNamespacesAndOtherWorkloadsAreNotMeant() {
        assertThat(logs(
                        Mode.SERVER,
                        NONE,
                        object("elsewhere", "other", "accessLogging: [{providers: [{name: envoy}]}]"),
                        object("ratings", "default", "selector: {matchLabels: {app: ratings}}", "accessLogging: [{providers: [{name: envoy}]}]"),
                        object("root", "istio-system", "selector: {matchLabels: {app: reviews}}", "accessLogging: [{providers: [{name: envoy}]}]")))
                .isEmpty();
    }

    /** What goes to mesh-telemetry is no log that a user has chosen: it ends when it is told to. */
    @Test
    void namingAnotherProvider_doesNotEndReports() {
        assertThat(logs(Mode.CLIENT, Set.of("weft"), MESH_WIDE)).isEqualTo(Map.of("envoy", ALWAYS, "weft", ALWAYS));
        assertThat(logs(Mode.CLIENT, Set.of("weft"), object("m", "istio-system", "accessLogging: [{providers: [{name: weft}], disabled: true}]")))
                .isEmpty();
        assertThat(logs(Mode.CLIENT, BOTH, MESH_WIDE, object("quiet", "default", "accessLogging: [{disabled: true}]"))).isEmpty();
        assertThat(logs(Mode.CLIENT, BOTH, object("m", "istio-system", "accessLogging: [{providers: [{name: envoy}], disabled: true}]")))
                .isEqualTo(Map.of("weft", ALWAYS));
    }

    @Test
    void aSideThatIsNotMeant_keepsWhatItHas() {
        String server = object("m", "istio-system", "accessLogging: [{match: {mode: SERVER}, disabled: true}]");
        assertThat(logs(Mode.SERVER, BOTH, server)).isEmpty();
        assertThat(logs(Mode.CLIENT, BOTH, server)).isEqualTo(Map.of("envoy", ALWAYS, "weft", ALWAYS));
    }

    @Test
    void ofSeveralForANamespace_theOldestHolds() {
        MeshState state = MeshYaml.state(
                object("b", "default", "tracing: [{randomSamplingPercentage: 7}]"),
                object("a", "default", "tracing: [{randomSamplingPercentage: 8}]"));

        assertThat(TelemetryScope.of(state, "default", Map.of()).spans(Mode.CLIENT).sampling()).isEqualTo(7);
        assertThat(TelemetryScope.shadowed(state)).extracting(Telemetry::name).containsExactly("a");
    }

    @Test
    void spansAreInheritedFieldByField_tagsAsAWhole() {
        TelemetryScope scope = scope(
                object("m", "istio-system", "tracing: [{randomSamplingPercentage: 7, customTags: {a: {literal: {value: x}}, b: {literal: {value: y}}}}]"),
                object("n", "default", "tracing: [{customTags: {c: {literal: {value: z}}}}]"));

        assertThat(scope.spans(Mode.CLIENT).sampling()).isEqualTo(7);
        assertThat(scope.spans(Mode.CLIENT).tags()).containsOnlyKeys("c");
        assertThat(scope.spans(Mode.CLIENT).disabled()).isFalse();
    }

    @Test
    void overridesOfMetricsApplyInOrder() {
        TelemetryScope scope = scope(
                object("m", "istio-system", "metrics: [{overrides: [{disabled: true}]}]"),
                object("n", "default", "metrics: [{overrides: [{match: {metric: REQUEST_COUNT}, disabled: false}, {match: {mode: SERVER, metric: REQUEST_DURATION}, disabled: false}]}]"));

        assertThat(scope.disabledMetrics(Mode.CLIENT)).contains(Metric.REQUEST_DURATION, Metric.TCP_SENT_BYTES).doesNotContain(Metric.REQUEST_COUNT, Metric.ALL_METRICS);
        assertThat(scope.disabledMetrics(Mode.SERVER)).doesNotContain(Metric.REQUEST_DURATION, Metric.REQUEST_COUNT);
    }

    private static Map<String, Optional<LogFilter>> logs(Mode side, Set<String> standard, String... objects) {
        return scope(objects).accessLogs(side, standard);
    }

    private static TelemetryScope scope(String... objects) {
        return TelemetryScope.of(MeshYaml.state(objects), "default", Map.of("app", "reviews"));
    }

    private static String object(String name, String namespace, String... spec) {
        return "apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec:\n  "
                + String.join("\n  ", spec) + "\n";
    }
}
