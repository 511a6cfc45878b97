package io.weft.sidecar.observe.peer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.Workload;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class PeerNamesTest {
    private static final SpiffeId LIAR = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/liar");
    private static final SpiffeId OTHER = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/reviews");

    private final EngineMetrics metrics = new EngineMetrics();
    private final PeerNames names = new PeerNames(metrics);

    private static Workload named(String name) {
        return new Workload(name, "", "app", "v1", "app", "v1", "Kubernetes");
    }

    private long dropped() {
        return metrics.counter(MetricKey.of("weft_peer_names_dropped_total")).value();
    }

    @Test
    void anIdentityThatIsSomebodyElseEachTime_isUnknownAfterAWhile_andTakesNothingFromOthers() {
        for (int i = 0; i < PeerNames.MOST; i++) {
            assertThat(names.of(LIAR, named("w" + i)).name()).isEqualTo("w" + i);
        }
        assertThat(names.of(LIAR, named("one-more"))).isEqualTo(Workload.UNKNOWN.in("default"));
        assertThat(dropped()).isEqualTo(1);
        assertThat(names.of(LIAR, named("w0")).name()).as("known before").isEqualTo("w0");
        assertThat(names.of(OTHER, named("reviews-v1")).name()).isEqualTo("reviews-v1");
        assertThat(dropped()).isEqualTo(1);
    }

    @Test
    void headersAreBoundedToo() {
        PeerMetadata headers = new PeerMetadata(names);
        for (int i = 0; i <= PeerNames.MOST; i++) {
            headers.read(header("w" + i), LIAR);
        }
        assertThat(headers.read(header("w1"), LIAR).name()).isEqualTo("w1");
        assertThat(headers.read(header("w" + PeerNames.MOST), LIAR).known()).isFalse();
        assertThat(headers.read(header("reviews-v1"), OTHER).name()).isEqualTo("reviews-v1");
    }

    private static String header(String name) {
        Struct said = Struct.newBuilder()
                .putFields("WORKLOAD_NAME", Value.newBuilder().setStringValue(name).build())
                .build();
        return Base64.getEncoder().encodeToString(said.toByteArray());
    }
}
