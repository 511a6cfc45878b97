package io.weft.demo.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image as {@code mvn -Pimages package} leaves it.
 *
 * @param file a docker-archive whose layers are compressed: what a registry would be sent
 */
record ImageTar(String module, Path file) {

    /** The checkout in which they were built. Not {@code weft.…}: the launchers of other tests read those of Maven's command line. */
    static final String PROPERTY = "test.images";

    static final List<String> MODULES =
            List.of("mesh-ca", "mesh-pilot", "mesh-telemetry", "mesh-gateway", "mesh-sidecar", "bookinfo-demo");

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static ImageTar of(String module) {
        String checkout = System.getProperty(PROPERTY, "");
        return new ImageTar(module, Path.of(checkout, module, "target", module + "-image.tar"));
    }

    /** Why there are none; null: there are. */
    static @Nullable String missing() {
        if (System.getProperty(PROPERTY, "").isEmpty()) {
            return "no images: mvn -Pimages package -DskipTests, then -D" + PROPERTY + "=<the checkout>";
        }
        return MODULES.stream()
                .map(ImageTar::of)
                .filter(image -> !Files.isReadable(image.file))
                .map(image -> image.file + " is missing (-D" + PROPERTY + ")")
                .findFirst()
                .orElse(null);
    }

    /** Gives it to the engine. */
    void load() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            DockerClientFactory.lazyClient().loadImageCmd(in).exec();
        }
    }

    /** The name it was built under, prefix and tag, whatever else the engine has. */
    String name() {
        try (TarFile tar = new TarFile(file)) {
            for (TarArchiveEntry entry : tar.getEntries()) {
                if (entry.getName().equals("manifest.json")) {
                    try (InputStream manifest = tar.getInputStream(entry)) {
                        return JSON.readTree(manifest).get(0).get("RepoTags").get(0).asString();
                    }
                }
            }
            throw new IOException(file + " has no manifest.json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
