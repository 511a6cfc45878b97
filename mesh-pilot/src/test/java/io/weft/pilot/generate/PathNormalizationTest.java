package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.MeshSettings.PathNormalization;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each value of {@code weft.mesh.path-normalization} is to a proxy: Envoy's fields, as the reference mesh sets them. */
class PathNormalizationTest {

    @ParameterizedTest
    @CsvSource({
        "NONE, false, false, IMPLEMENTATION_SPECIFIC_DEFAULT",
        "BASE, true, false, IMPLEMENTATION_SPECIFIC_DEFAULT",
        "MERGE_SLASHES, true, true, IMPLEMENTATION_SPECIFIC_DEFAULT",
        "DECODE_AND_MERGE_SLASHES, true, true, UNESCAPE_AND_FORWARD"
    })
    void everyListenerThatSpeaksHttp_decidesOnTheSameForm(
            PathNormalization paths, boolean normalize, boolean merge, PathWithEscapedSlashesAction escaped) {
        for (Proxy proxy : List.of(Proxies.sidecar("reviews", "v1", 9080, 21001, 21101), Proxies.ingress(), Proxies.egress())) {
            assertThat(managers(paths, proxy)).isNotEmpty().allSatisfy(manager -> {
                assertThat(manager.hasNormalizePath()).as("said, and not left to a proxy's own default").isTrue();
                assertThat(manager.getNormalizePath().getValue()).isEqualTo(normalize);
                assertThat(manager.getMergeSlashes()).isEqualTo(merge);
                assertThat(manager.getPathWithEscapedSlashesAction()).isEqualTo(escaped);
            });
        }
    }

    private static List<HttpConnectionManager> managers(PathNormalization paths, Proxy proxy) {
        String[] texts = Stream.of("bookinfo.yaml", "gateways.yaml", "bookinfo-gateway.yaml", "egress.yaml", "external.yaml", "workloads.yaml")
                .map(MeshYaml::file)
                .toArray(String[]::new);
        return Generated.of(MeshYaml.state(MeshSettings.DEFAULTS.with(paths), Map.of(), texts), proxy).managers();
    }
}
