package io.weft.pilot.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An API server that is not there, or not all the time: what was read stays, and nothing is lost. */
class KubernetesOutageIT extends NeedsPlace {

    @Test
    void beforeEverythingIsRead_thereIsNothing() {
        place.close();
        cluster.shutDoor();
        place = opened();
        await().atMost(PATIENCE).until(() -> place.place.details().containsKey("trouble"));
        assertThat(place.place.isComplete()).isFalse();
        assertThat(place.changes).hasValue(0);
        assertThat(place.place.details().get("awaited").toString()).contains("virtualservices.networking.istio.io", "pods", "endpointslices");
        cluster.openDoor();
        await().atMost(PATIENCE).until(() -> place.place.isComplete() && place.changes.get() > 0);
    }

    @Test
    void afterAWatchThatCannotGoOn_everythingIsListedAgain_andNothingIsLostMeanwhile() {
        apply(service("stays", "v1"));
        apply(service("leaves", "v1"));
        await().atMost(PATIENCE).until(() -> subset("stays").contains("subset=v1") && subset("leaves").contains("subset=v1"));
        int told = cluster.toldGone();

        cluster.shutDoor();
        apply(service("stays", "v2"));
        apply(service("arrives", "v1"));
        delete("leaves");
        cluster.server().compact();
        assertThat(subset("stays")).contains("subset=v1");
        assertThat(subset("leaves")).contains("subset=v1");
        cluster.openDoor();

        await().atMost(PATIENCE).until(() -> subset("stays").contains("subset=v2") && subset("leaves").isEmpty());
        assertThat(subset("arrives")).contains("subset=v1");
        assertThat(cluster.toldGone()).isGreaterThan(told);
    }

    @Test
    void whileTheServerIsAway_whatWasReadStays_andAfterwardsItGoesOn() {
        apply(service("endures", "v1"));
        await().atMost(PATIENCE).until(() -> subset("endures").contains("subset=v1"));
        int objects = place.place.store().current().objects().size();
        int asked = cluster.requests().size();
        cluster.server().stop();
        // Several watches have tried in vain.
        await().atMost(PATIENCE).until(() -> cluster.requests().size() > asked + 10);
        assertThat(place.place.store().current().objects()).hasSize(objects);
        assertThat(place.place.isComplete()).isTrue();
        cluster.server().start();
        apply(service("endures", "v2"));
        await().atMost(PATIENCE).until(() -> subset("endures").contains("subset=v2"));
    }

    @Test
    void aServerThatSaysNothingAnyMore_isNoticed_andWhatComesBackIsConnectedToAnew() {
        apply(service("heard", "v1"));
        apply(service("missed", "v1"));
        place.close();
        place = new OpenedPlace(new KubernetesPlace.Server(cluster.kubeconfig(), "", Duration.ofMillis(500)), state, admission());
        await().atMost(PATIENCE).until(() -> subset("heard").contains("subset=v1") && subset("missed").contains("subset=v1"));
        cluster.fallSilent();
        await().atMost(PATIENCE).until(() -> String.valueOf(place.place.details().get("trouble")).contains("/version=no answer within 500 ms"));
        apply(service("heard", "v2"));
        delete("missed");
        assertThat(subset("heard")).contains("subset=v1");
        // Nobody hangs up: who listens to a connection of before hears nothing of it, ever.
        cluster.speakAgain();
        await().atMost(PATIENCE).until(() -> subset("heard").contains("subset=v2") && subset("missed").isEmpty());
        await().atMost(PATIENCE).until(() -> !place.place.details().containsKey("trouble"));
        delete("heard");
        await().atMost(PATIENCE).until(() -> subset("heard").isEmpty());
    }
}
