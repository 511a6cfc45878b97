package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.PemFolder;
import io.weft.sidecar.identity.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {

    @Test
    void whatCannotBeWritten_isSaid_andTriedAgainUntilItCan(@TempDir Path temp) throws Exception {
        Path inTheWay = Files.writeString(temp.resolve("certs"), "a file");
        IdentitySource identity = IdentitySource.fixed(new TestCa().svid("spiffe://cluster.local/ns/default/sa/reviews"));
        try (CertificateFiles files = CertificateFiles.keep(identity, new PemFolder(inTheWay))) {
            assertThat(files.areThere()).isFalse();
            assertThat(files.trouble()).contains("sa/reviews cannot be written").contains(inTheWay.toString());
            Files.delete(inTheWay);
            assertThat(files.await(Duration.ofSeconds(10))).isTrue();
            assertThat(files.trouble()).isNull();
            assertThat(inTheWay.resolve("cert-chain.pem")).exists();
        }
    }
}
