package io.weft.pilot.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeenVersionsTest {

    private final SeenVersions seen = new SeenVersions();

    private static GenericKubernetesResource pod(String version) {
        return new GenericKubernetesResourceBuilder()
                .withNewMetadata().withName("ratings").withNamespace("default").withResourceVersion(version).addToAnnotations("much", "text").endMetadata()
                .addToAdditionalProperties("spec", Map.of("containers", "many"))
                .build();
    }

    @Test
    void ofAnObjectItsNameAndVersionAreKept_andNoMore() {
        String key = seen.getKey(pod("7"));
        assertThat(key).isEqualTo("default/ratings");
        assertThat(seen.put(key, pod("7"))).isNull();
        assertThat(seen.put(key, pod("8")).getMetadata().getResourceVersion()).isEqualTo("7");
        assertThat(seen.values()).singleElement().satisfies(kept -> {
            assertThat(seen.getKey(kept)).isEqualTo(key);
            assertThat(kept.getMetadata().getAnnotations()).isEmpty();
            assertThat(kept.getAdditionalProperties()).isEmpty();
        });
        assertThat(seen.isFullState()).isFalse();
        assertThat(seen.remove(key).getMetadata().getName()).isEqualTo("ratings");
        assertThat(seen.keySet()).isEmpty();
    }
}
