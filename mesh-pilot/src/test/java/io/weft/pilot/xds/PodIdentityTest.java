package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.weft.pilot.generate.WorkloadIdentity;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.cluster.Pod;
import io.weft.pilot.model.cluster.ResourceName;
import io.weft.pilot.registry.kubernetes.Pods;
import io.weft.pilot.registry.workload.WorkloadRegistrar;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which proxy is in which pod. */
class PodIdentityTest {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private volatile Cluster cluster = cluster(Map.of("app", "reviews", "version", "v1"));

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private static Cluster cluster(Map<String, String> labels) {
        return cluster(labels, "bookinfo-reviews");
    }

    private static Cluster cluster(Map<String, String> labels, String account) {
        return new Cluster(
                List.of(new Pod(new ResourceName("default", "reviews-v1-7d9-x1"), labels, account, "", "reviews-v1")),
                List.of(),
                List.of());
    }

    private NodeReader reader(Pods pods) {
        return new NodeReader(
                new WorkloadRegistrar((namespace, name) -> Optional.empty(), new RecordedRegistry(), timer, Duration.ZERO), pods);
    }

    private NodeReader reader() {
        return reader(new Pods(true, () -> cluster));
    }

    private static @Nullable WorkloadIdentity identity(String account) {
        return WorkloadIdentity.parse("spiffe://cluster.local/ns/default/sa/" + account).orElseThrow();
    }

    private static Node node(String pod, String... more) {
        return node("sidecar", Struct.newBuilder().putFields("POD_NAME", text(pod)), more);
    }

    private static Node node(String role, Struct.Builder metadata, String... more) {
        metadata
                .putFields("LABELS", Value.newBuilder().setStructValue(Struct.newBuilder().putFields("app", text("productpage"))).build());
        for (int i = 0; i < more.length; i += 2) {
            metadata.putFields(more[i], text(more[i + 1]));
        }
        return Node.newBuilder()
                .setId(role + "~10.1.0.4~anything.default~default.svc.cluster.local")
                .setMetadata(metadata)
                .build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    @Test
    void aProxyOfThePodsAccount_isWhatThePodIs_whateverItSays() {
        NodeReader.Reading reading = reader().read(node("reviews-v1-7d9-x1"), identity("bookinfo-reviews"));
        assertThat(reading.proxy().labels()).containsOnly(Map.entry("app", "reviews"), Map.entry("version", "v1"));
        assertThat(reading.proxy().workload()).isEqualTo("reviews-v1");
        assertThat(reading.pod()).isNotNull();
    }

    @Test
    void labelsThatChangeWhileItRuns_areTaken_andAPodThatIsGoneChangesNothing() {
        NodeReader.Reading reading = reader().read(node("reviews-v1-7d9-x1"), identity("bookinfo-reviews"));
        cluster = cluster(Map.of("app", "reviews", "version", "v9"));
        assertThat(reading.pod().current(reading.proxy()).labels()).containsEntry("version", "v9");
        cluster = Cluster.EMPTY;
        assertThat(reading.pod().current(reading.proxy())).isEqualTo(reading.proxy());
    }

    @Test
    void anotherAccount_isRefused() {
        assertThatThrownBy(() -> reader().read(node("reviews-v1-7d9-x1"), identity("httpbin")))
                .isInstanceOfSatisfying(AdsRefused.class, refused -> assertThat(refused.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED))
                .hasMessageContaining("service account bookinfo-reviews, not httpbin");
    }

    @Test
    void anotherNamespace_isRefused() {
        assertThatThrownBy(() -> reader().read(node("reviews-v1-7d9-x1", "POD_NAMESPACE", "other"), identity("bookinfo-reviews")))
                .isInstanceOf(AdsRefused.class)
                .hasMessageContaining("POD_NAMESPACE: other (expected: default");
    }

    @Test
    void aPodThatIsNotKnownYet_isToldToComeAgain() {
        assertThatThrownBy(() -> reader().read(node("reviews-v1-7d9-new"), identity("bookinfo-reviews")))
                .isInstanceOfSatisfying(AdsRefused.class, refused -> assertThat(refused.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                .hasMessageContaining("no pod default/reviews-v1-7d9-new");
    }

    @Test
    void whoNamesNoPod_isInTheOneOfItsNodeId_andNotBelievedWhatItSaysOfItself() {
        assertThatThrownBy(() -> reader().read(node("router", Struct.newBuilder()), identity("bookinfo-reviews")))
                .isInstanceOfSatisfying(AdsRefused.class, refused -> assertThat(refused.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                .hasMessageContaining("no pod default/anything");
        Node named = node("router", Struct.newBuilder()).toBuilder().setId("router~10.1.0.4~reviews-v1-7d9-x1.default~default.svc.cluster.local").build();
        assertThat(reader().read(named, identity("bookinfo-reviews")).proxy().labels()).containsEntry("app", "reviews");
        assertThatThrownBy(() -> reader().read(named, identity("httpbin"))).hasMessageContaining("service account bookinfo-reviews, not httpbin");
    }

    @Test
    void aPodThatTookItsName_isNotIts() {
        NodeReader.Reading reading = reader().read(node("reviews-v1-7d9-x1"), identity("bookinfo-reviews"));
        cluster = cluster(Map.of("app", "reviews"), "another");
        assertThatThrownBy(() -> reading.pod().current(reading.proxy())).hasMessageContaining("service account another, not bookinfo-reviews");
    }

    @Test
    void withoutIdentityOrWithoutCluster_aPodsNameMeansNothing() {
        assertThat(reader().read(node("reviews-v1-7d9-x1"), null).pod()).isNull();
        assertThat(reader(Pods.none()).read(node("reviews-v1-7d9-x1"), identity("httpbin")).pod()).isNull();
    }
}
