package io.weft.gateway.role;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The free ports this part was given last time, so that it comes back where others still look for it. A file that is gone or unreadable
 * costs nothing but that.
 */
public final class RememberedPorts {

    private static final Logger log = LoggerFactory.getLogger(RememberedPorts.class);
    private static final int MAX_CHARS = 4096;
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path file;
    private final Map<String, Integer> ports = new TreeMap<>();

    private RememberedPorts(Path file) {
        this.file = file;
    }

    public static RememberedPorts load(Path file) {
        RememberedPorts remembered = new RememberedPorts(file);
        try {
            remembered.read(Files.readString(file));
        } catch (NoSuchFileException e) {
            log.debug("{}: no ports remembered", file);
        } catch (IOException | IllegalArgumentException e) {
            log.warn("{}: ignored, free ports will be other ones: {}", file, e.getMessage());
            remembered.ports.clear();
        }
        return remembered;
    }

    private void read(String text) throws IOException {
        if (text.length() > MAX_CHARS) {
            throw new IllegalArgumentException("length: " + text.length() + " (expected: <= " + MAX_CHARS + ")");
        }
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        for (String name : properties.stringPropertyNames()) {
            int port = Integer.parseInt(properties.getProperty(name));
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException(name + ": " + port + " (expected: 1 to 65535)");
            }
            ports.put(name, port);
        }
    }

    /** The port of last time; 0 if none is known. */
    public int of(String name) {
        return ports.getOrDefault(name, 0);
    }

    /** Keeps what is bound now. */
    public void keep(Map<String, Integer> bound) {
        if (ports.equals(bound)) {
            return;
        }
        ports.clear();
        ports.putAll(bound);
        try {
            Files.createDirectories(file.toAbsolutePath().getParent(), PRIVATE_FOLDER);
            Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "ports.", ".tmp", PRIVATE_FILE);
            StringBuilder text = new StringBuilder();
            ports.forEach((name, port) -> text.append(name).append('=').append(port).append('\n'));
            Files.writeString(fresh, text, StandardCharsets.US_ASCII);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            log.warn("{}: free ports cannot be remembered: {}", file, e.toString());
        }
    }
}
