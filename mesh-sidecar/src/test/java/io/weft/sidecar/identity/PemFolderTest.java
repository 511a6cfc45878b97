package io.weft.sidecar.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFolderTest {

    @TempDir
    Path home;

    @Test
    void readersSeeOneVersionWhole_andOldOnesGo() throws Exception {
        TestCa ca = new TestCa();
        Path certs = home.resolve("certs");
        PemFolder folder = new PemFolder(certs);
        for (int i = 0; i < 4; i++) {
            Svid svid = ca.svid("spiffe://cluster.local/ns/istio-system/sa/mesh-pilot");
            folder.write(svid);
            assertThat(Pem.certificates("chain", Files.readString(certs.resolve("cert-chain.pem")))).isEqualTo(svid.chain());
            assertThat(Pem.privateKey("key", Files.readString(certs.resolve("key.pem")))).isEqualTo(svid.key());
            assertThat(Pem.certificates("roots", Files.readString(certs.resolve("root-cert.pem")))).isEqualTo(svid.roots());
        }
        assertThat(Files.getPosixFilePermissions(certs)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(certs.resolve("key.pem"))).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var entries = Files.list(certs)) {
            assertThat(entries.filter(e -> Files.isDirectory(e, LinkOption.NOFOLLOW_LINKS))).hasSize(2);
        }
    }

    @Test
    void whatFailsAgainAndAgain_leavesNoMoreThanTwoVersions() throws Exception {
        Path certs = home.resolve("certs");
        Files.createDirectories(certs.resolve("key.pem/in-the-way"));
        PemFolder folder = new PemFolder(certs);
        Svid svid = new TestCa().svid("spiffe://cluster.local/ns/istio-system/sa/mesh-pilot");
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> folder.write(svid)).isInstanceOf(IOException.class);
        }
        try (var entries = Files.list(certs)) {
            assertThat(entries.filter(e -> e.getFileName().toString().startsWith("..0"))).hasSize(2);
        }
    }
}
