package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.parse.Documents;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What manifests set is read by the part that they set it for. */
@ExtendWith(NeedsKubectl.class)
class SettingsTest {

    /** Image to the root of its packages. */
    private static final Map<String, String> PACKAGES = Map.of(
            "mesh-ca", "io.weft.ca.",
            "mesh-gateway", "io.weft.gateway.",
            "mesh-pilot", "io.weft.pilot.",
            "mesh-telemetry", "io.weft.telemetry.",
            "bookinfo-demo", "io.weft.demo.");

    @Test
    void everyVariableIsASettingOfItsPart() throws IOException, UnreadableException {
        Set<String> unknown = new TreeSet<>();
        for (Manifest deployment : Manifests.installed("Deployment")) {
            for (JsonNode container : deployment.containers()) {
                String image = container.path("image").asString().replaceAll("weft/|:.*", "");
                Set<String> known = image.equals("mesh-sidecar") ? ofTheSidecar() : variables(image);
                container.path("env").forEach(each -> {
                    String name = each.path("name").asString();
                    if (name.startsWith("WEFT_") && !known.contains(name)) {
                        unknown.add(image + ": " + name);
                    }
                });
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everySettingOfTheMeshIsMeshPilots() throws IOException, UnreadableException {
        Manifest map = Manifests.installed("ConfigMap").stream().filter(each -> each.name().equals("mesh-pilot")).findFirst().orElseThrow();
        Set<String> set = new TreeSet<>();
        flatten(YamlReader.read(map.json().path("data").path("mesh-pilot.yml").asString()), "", set);
        assertThat(set).isNotEmpty().isSubsetOf(properties("mesh-pilot"));
    }

    private static void flatten(@Nullable Object value, String path, Set<String> names) {
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> flatten(each, path.isEmpty() ? (String) key : path + "." + key, names));
        } else {
            names.add(path);
        }
    }

    private static Set<String> variables(String image) throws IOException, UnreadableException {
        Set<String> variables = new TreeSet<>();
        properties(image).forEach(property -> variables.add(property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT)));
        return variables;
    }

    /** From the module's metadata, and from its own file, where those stand that no class of properties has. */
    private static Set<String> properties(String image) throws IOException, UnreadableException {
        Set<String> properties = new TreeSet<>();
        try (InputStream own = SettingsTest.class.getResourceAsStream("/" + image + ".yml")) {
            if (own != null) {
                String yaml = new String(own.readAllBytes(), StandardCharsets.UTF_8);
                for (Documents.Span document : Documents.split(yaml)) {
                    flatten(YamlReader.read(document.text(yaml)), "", properties);
                }
            }
        }
        for (URL metadata : Collections.list(SettingsTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream in = metadata.openStream()) {
                for (JsonNode property : new JsonMapper().readTree(in).path("properties")) {
                    if (property.path("sourceType").asString("").startsWith(PACKAGES.get(image))) {
                        properties.add(property.path("name").asString());
                    }
                }
            }
        }
        return properties;
    }

    /** It has no Spring, so no metadata: what its page and the contracts name. */
    private static Set<String> ofTheSidecar() throws IOException {
        Set<String> variables = new TreeSet<>();
        for (String page : new String[] {"modules.md", "contracts.md"}) {
            for (String word : Files.readString(Manifests.ROOT.resolve("docs").resolve(page)).split("[^A-Za-z0-9_.-]+")) {
                String name = word.startsWith("--") ? word.substring(2) : word;
                if (name.startsWith("weft.") || name.startsWith("WEFT_")) {
                    variables.add(name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
                }
            }
        }
        return variables;
    }
}
