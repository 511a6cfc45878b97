package io.weft.sidecar.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ports bound last time, so that a restarted proxy is found where it was: pilot's endpoints and the cached listeners name them. A file that
 * is gone, too large or not readable costs nothing but that.
 */
public final class PortMemory {
    private static final Logger log = LoggerFactory.getLogger(PortMemory.class);

    private static final int MAX_BYTES = 64 * 1024;

    private final Path file;
    private final Map<String, Integer> ports = new TreeMap<>();

    /** @param folder the part's cache, made (0700) when something is kept */
    public PortMemory(Path folder) {
        this.file = folder.resolve("ports.properties");
        if (Files.isReadable(file)) {
            load();
        }
    }

    private void load() {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("larger than " + MAX_BYTES + " bytes");
            }
            properties.load(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
            for (String name : properties.stringPropertyNames()) {
                int port = Integer.parseInt(properties.getProperty(name));
                if (port > 0 && port < 65536) {
                    ports.put(name, port);
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            log.warn("{}: ignored, free ports are used: {}", file, e.toString());
        }
    }

    /** The port bound under this name last time; 0 when there was none. */
    public int remembered(String name) {
        return ports.getOrDefault(name, 0);
    }

    /** Keeps what is bound now, by name. */
    public void remember(Map<String, Integer> bound) {
        if (ports.equals(bound)) {
            return;
        }
        Properties properties = new Properties();
        bound.forEach((name, port) -> properties.setProperty(name, Integer.toString(port)));
        try {
            Files.createDirectories(
                    file.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path fresh = Files.createTempFile(
                    file.getParent(), "ports.", ".tmp", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                try (Writer out = Files.newBufferedWriter(fresh)) {
                    properties.store(out, null);
                }
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(fresh);
            }
        } catch (IOException e) {
            log.warn("{}: the bound ports could not be kept: {}", file, e.toString());
        }
    }
}
