package io.weft.demo.images;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.testcontainers.DockerClientFactory;

/** What a part finds in its home, {@code .weft} on a laptop, and what it leaves there: a volume of its own, the only place it may write to. */
final class Home implements AutoCloseable {

    static final String MOUNT = "/var/lib/weft";
    static final int USER = 1337;

    private final String volume;
    private final Map<String, String> files = new LinkedHashMap<>();

    private Home(String volume) {
        this.volume = volume;
    }

    static Home create() {
        String name = "weft-images-it-" + UUID.randomUUID();
        DockerClientFactory.lazyClient().createVolumeCmd().withName(name).exec();
        return new Home(name);
    }

    /** One more file, 0600, for the containers created from now on. */
    Home with(String path, String content) {
        files.put(".weft/" + path, content);
        return this;
    }

    String volume() {
        return volume;
    }

    /** Into a container that has been created and not yet started. Never into the container itself: its root is read-only. */
    void fill(String container) {
        DockerClientFactory.lazyClient()
                .copyArchiveToContainerCmd(container)
                .withRemotePath(MOUNT)
                .withTarInputStream(new ByteArrayInputStream(tar()))
                .exec();
    }

    private byte[] tar() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            files.forEach((path, content) -> {
                for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
                    entries.putIfAbsent(path.substring(0, slash + 1), new byte[0]);
                }
                entries.put(path, content.getBytes(StandardCharsets.UTF_8));
            });
            for (Map.Entry<String, byte[]> each : entries.entrySet()) {
                boolean folder = each.getKey().endsWith("/");
                TarArchiveEntry entry =
                        new TarArchiveEntry(each.getKey(), folder ? TarConstants.LF_DIR : TarConstants.LF_NORMAL);
                entry.setIds(USER, USER);
                entry.setMode(folder ? 0700 : 0600);
                entry.setSize(each.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(each.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() {
        DockerClientFactory.lazyClient().removeVolumeCmd(volume).exec();
    }
}
