package io.weft.ca.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The root certificate is in every namespace, whatever happens to it there. */
class RootConfigMapsTest {

    private final AtomicReference<@Nullable String> root = new AtomicReference<>("ours");
    private final ApiServerDouble api = new ApiServerDouble("istio-system", "default");
    private final KubernetesClient client = api.client();

    @AfterEach
    void stop() {
        client.close();
        api.close();
    }

    @Test
    void everyNamespaceHasIt_alsoThoseThatComeLater() {
        try (RootConfigMaps maps = maps()) {
            awaitRoot("istio-system");
            awaitRoot("default");
            assertThat(map("default").getMetadata().getLabels()).containsEntry("istio.io/config", "true");
            client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName("later").endMetadata().build()).create();
            awaitRoot("later");
        }
    }

    @Test
    void whatIsChangedOrDeletedIsPutBack_whatElseIsInItStays() {
        client.configMaps().inNamespace("default").resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("istio-ca-root-cert")
                        .withNamespace("default")
                        .endMetadata()
                        .withData(Map.of("root-cert.pem", "theirs", "more", "stays"))
                        .build())
                .create();
        try (RootConfigMaps maps = maps()) {
            awaitRoot("default");
            assertThat(map("default").getData()).containsEntry("more", "stays");
            client.configMaps().inNamespace("default").withName("istio-ca-root-cert")
                    .edit(map -> new ConfigMapBuilder(map).addToData("root-cert.pem", "theirs again").build());
            awaitRoot("default");
            client.configMaps().inNamespace("default").withName("istio-ca-root-cert").delete();
            awaitRoot("default");
        }
    }

    @Test
    void itStartsWhileTheApiServerIsAway_andGoesOnWhenItIsBack() {
        api.goesAway();
        try (RootConfigMaps maps = maps()) {
            api.comesBack();
            awaitRoot("default");
            api.goesAway();
            api.comesBack();
            client.configMaps().inNamespace("default").withName("istio-ca-root-cert").delete();
            awaitRoot("default");
        }
    }

    @Test
    void refusalsAreTriedAgain() {
        api.failsWith(503);
        try (RootConfigMaps maps = maps()) {
            await().until(() -> api.failed() > 1);
            api.failsWith(0);
            awaitRoot("default");
        }
    }

    @Test
    void aNewRootGoesEverywhere_oneThatIsNotTheMeshsNowhere() {
        try (RootConfigMaps maps = maps()) {
            awaitRoot("default");
            root.set("newer");
            awaitRoot("default");
            root.set(null);
            client.configMaps().inNamespace("default").withName("istio-ca-root-cert")
                    .edit(map -> new ConfigMapBuilder(map).addToData("root-cert.pem", "the other's").build());
            client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName("later").endMetadata().build()).create();
            await().during(Duration.ofMillis(600)).until(() -> "the other's".equals(map("default").getData().get("root-cert.pem")));
            assertThat(map("later")).isNull();
        }
    }

    @Test
    void oneThatCannotBeWrittenHoldsUpNoOther() {
        client.configMaps().inNamespace("default").resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("istio-ca-root-cert")
                        .withNamespace("default")
                        .endMetadata()
                        .withData(Map.of("root-cert.pem", "theirs"))
                        .build())
                .create();
        api.refuses("PATCH", 422);
        try (RootConfigMaps maps = maps()) {
            awaitRoot("istio-system");
            await().until(() -> api.failed() > 0);
            assertThat(map("default").getData()).containsEntry("root-cert.pem", "theirs");
            api.refuses("", 0);
            awaitRoot("default");
        }
    }

    private RootConfigMaps maps() {
        return new RootConfigMaps(client, root::get, Duration.ofMillis(200));
    }

    private void awaitRoot(String namespace) {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            ConfigMap map = map(namespace);
            return map != null && root.get().equals(map.getData().get("root-cert.pem"));
        });
    }

    private @Nullable ConfigMap map(String namespace) {
        return client.configMaps().inNamespace(namespace).withName("istio-ca-root-cert").get();
    }
}
