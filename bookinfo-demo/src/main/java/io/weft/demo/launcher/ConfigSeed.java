package io.weft.demo.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;

/** Fills the config folder with the demo's YAML at the first start, and never touches it again: from then on it is the user's. */
final class ConfigSeed {

    static final List<String> FILES = List.of(
            "gateways.yaml",
            "mesh-mtls.yaml",
            "bookinfo.yaml",
            "bookinfo-gateway.yaml",
            "httpbin.yaml",
            "httpbin-gateway.yaml",
            "egress-gateway-httpbin-external.yaml");

    /** Its port is known only when the httpbin outside the mesh runs. */
    static final String TEMPLATE = "httpbin-external.yaml.template";

    private ConfigSeed() {}

    /**
     * Seeds {@code folder} unless something is in it.
     *
     * @param externalPort where the httpbin outside the mesh listens
     * @return whether it was seeded
     */
    static boolean into(Path folder, int externalPort) throws IOException, GeneralSecurityException {
        if (Files.isDirectory(folder) && !isEmpty(folder)) {
            return false;
        }
        // Whole or not at all: half a seed would never be completed.
        Path draft = folder.resolveSibling("." + folder.getFileName() + ".seeding");
        Files.createDirectories(draft);
        for (String name : FILES) {
            Files.writeString(draft.resolve(name), resource(name));
        }
        Files.writeString(
                draft.resolve(TEMPLATE.replace(".template", "")),
                resource(TEMPLATE).replace("${port}", String.valueOf(externalPort)));
        PrivateFiles.writeSecret(
                draft.resolve("httpbin-credential.yaml"), EdgeCertificate.secret("httpbin-credential", "httpbin.example.com"));
        Files.deleteIfExists(folder);
        Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ConfigSeed.class.getResourceAsStream("/config/" + name)) {
            if (in == null) {
                throw new IOException("class path has no /config/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
