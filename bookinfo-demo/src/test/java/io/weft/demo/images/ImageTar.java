package io.weft.demo.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import tools.jackson.databind.JsonNode;
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
        return read(tar -> manifest(tar).get("RepoTags").get(0).asString());
    }

    /**
     * What is stored and sent as one.
     *
     * @param size compressed, bytes
     * @param files their paths, folders apart
     */
    record Layer(long size, List<String> files) {}

    /** From the base's up. */
    List<Layer> layers() {
        return read(tar -> {
            List<Layer> layers = new ArrayList<>();
            for (JsonNode name : manifest(tar).get("Layers")) {
                TarArchiveEntry layer = entry(tar, name.asString());
                layers.add(new Layer(layer.getSize(), files(tar.getInputStream(layer))));
            }
            return layers;
        });
    }

    private static List<String> files(InputStream compressed) throws IOException {
        try (TarArchiveInputStream layer = new TarArchiveInputStream(new GZIPInputStream(compressed))) {
            List<String> files = new ArrayList<>();
            for (TarArchiveEntry entry = layer.getNextEntry(); entry != null; entry = layer.getNextEntry()) {
                if (!entry.isDirectory()) {
                    files.add(entry.getName());
                }
            }
            return files;
        }
    }

    private static JsonNode manifest(TarFile tar) throws IOException {
        try (InputStream manifest = tar.getInputStream(entry(tar, "manifest.json"))) {
            return JSON.readTree(manifest).get(0);
        }
    }

    private static TarArchiveEntry entry(TarFile tar, String name) throws IOException {
        return tar.getEntries().stream()
                .filter(entry -> entry.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("no " + name));
    }

    private interface Reading<T> {
        T of(TarFile tar) throws IOException;
    }

    private <T> T read(Reading<T> reading) {
        try (TarFile tar = new TarFile(file)) {
            return reading.of(tar);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }
}
