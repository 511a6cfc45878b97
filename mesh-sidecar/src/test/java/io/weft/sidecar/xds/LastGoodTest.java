package io.weft.sidecar.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import io.weft.sidecar.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastGoodTest {
    @TempDir
    Path folder;

    private final Map<ResourceKind, List<RawResource>> one =
            Map.of(ResourceKind.CLUSTER, List.of(new RawResource("a", "7", Any.pack(Samples.eds("a")))));

    @Test
    void whatWasSaved_isLoaded() {
        LastGood cache = new LastGood(folder.resolve("run/x/cache/xds.bin"), "me");
        cache.save(one);
        assertThat(cache.load()).isEqualTo(one);
        cache.save(Map.of());
        assertThat(cache.load()).isEmpty();
    }

    @Test
    void aDamagedFile_isIgnored() throws IOException {
        Path file = folder.resolve("xds.bin");
        LastGood cache = new LastGood(file, "me");
        cache.save(one);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 1;
        Files.write(file, bytes);
        assertThat(cache.load()).isEmpty();
        Files.write(file, new byte[] {1, 2, 3});
        assertThat(cache.load()).isEmpty();
        Files.write(file, new byte[0]);
        assertThat(cache.load()).isEmpty();
    }

    @Test
    void aFileThatOthersCouldHaveWritten_isIgnored() throws IOException {
        Path file = folder.resolve("xds.bin");
        LastGood cache = new LastGood(file, "me");
        cache.save(one);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(cache.load()).isEmpty();
        cache.save(one);
        assertThat(cache.load()).as("the next save makes it good again").isEqualTo(one);
    }

    @Test
    void anotherIdentity_getsNothing() {
        Path file = folder.resolve("xds.bin");
        new LastGood(file, "me").save(one);
        assertThat(new LastGood(file, "you").load()).isEmpty();
    }
}
