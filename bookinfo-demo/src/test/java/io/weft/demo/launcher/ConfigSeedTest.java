package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class ConfigSeedTest {

    @TempDir
    Path home;

    @Test
    void theFirstStartFillsTheFolder() throws Exception {
        Path config = home.resolve("config");

        assertThat(ConfigSeed.into(config, 12345)).isTrue();

        assertThat(config.toFile().list())
                .containsExactlyInAnyOrder(
                        "gateways.yaml",
                        "mesh-mtls.yaml",
                        "bookinfo.yaml",
                        "bookinfo-gateway.yaml",
                        "httpbin.yaml",
                        "httpbin-gateway.yaml",
                        "httpbin-external.yaml",
                        "httpbin-credential.yaml",
                        "egress-gateway-httpbin-external.yaml");
        assertThat(home.toFile().list()).containsExactly("config");
        assertThat(Files.readString(config.resolve("httpbin-external.yaml"))).contains("http: 12345").doesNotContain("$");
        for (Map<String, Object> each : documents(config)) {
            assertThat(each).containsKeys("apiVersion", "kind", "metadata");
        }
    }

    @Test
    void everyWorkloadHasItsGroupAndItsServicesSelectorFits() throws Exception {
        Path config = home.resolve("config");
        ConfigSeed.into(config, 1);
        List<Map<String, Object>> documents = documents(config);
        for (Workload workload : Workload.ALL) {
            Map<String, Object> group = documents.stream()
                    .filter(each -> "WorkloadGroup".equals(each.get("kind")) && workload.name().equals(at(each, "metadata", "name")))
                    .findFirst()
                    .orElseThrow();
            assertThat(at(group, "spec", "template", "serviceAccount")).isEqualTo(workload.serviceAccount());
            assertThat(at(group, "spec", "template", "ports", "http")).isEqualTo(workload.port());
            assertThat(at(group, "spec", "probe", "httpGet", "path")).isEqualTo("/health");
            Object app = at(group, "spec", "metadata", "labels", "app");
            assertThat(documents)
                    .anySatisfy(each -> {
                        assertThat(each.get("kind")).isEqualTo("Service");
                        assertThat(at(each, "spec", "selector", "app")).isEqualTo(app);
                    });
        }
    }

    @Test
    void whatIsThereIsNeverTouched() throws Exception {
        Path config = Files.createDirectory(home.resolve("config"));
        Files.writeString(config.resolve("mine.yaml"), "kind: Mine");

        assertThat(ConfigSeed.into(config, 1)).isFalse();

        assertThat(config.toFile().list()).containsExactly("mine.yaml");
    }

    @Test
    void anEmptyFolderIsFilled() throws Exception {
        Path config = Files.createDirectory(home.resolve("config"));
        assertThat(ConfigSeed.into(config, 1)).isTrue();
        assertThat(ConfigSeed.into(config, 2)).isFalse();
        assertThat(Files.readString(config.resolve("httpbin-external.yaml"))).contains("http: 1");
    }

    @Test
    void theSecretHoldsACertificateForItsHostAndTheKeyThatFits() throws Exception {
        Path config = home.resolve("config");
        ConfigSeed.into(config, 1);
        Path file = config.resolve("httpbin-credential.yaml");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        Map<String, Object> secret = new Yaml().load(Files.readString(file));
        assertThat(at(secret, "metadata", "namespace")).isEqualTo("istio-system");

        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(decoded(at(secret, "data", "tls.crt"))));
        certificate.checkValidity();
        assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(2, "httpbin.example.com"));

        String pem = new String(decoded(at(secret, "data", "tls.key")));
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder()
                        .decode(pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", ""))));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(new byte[] {1});
        byte[] signed = signature.sign();
        signature.initVerify(certificate);
        signature.update(new byte[] {1});
        assertThat(signature.verify(signed)).isTrue();
    }

    private static byte[] decoded(Object base64) {
        return Base64.getDecoder().decode((String) base64);
    }

    private static List<Map<String, Object>> documents(Path folder) throws Exception {
        List<Map<String, Object>> documents = new ArrayList<>();
        for (String name : folder.toFile().list()) {
            for (Object each : new Yaml().loadAll(Files.readString(folder.resolve(name)))) {
                @SuppressWarnings("unchecked")
                Map<String, Object> document = (Map<String, Object>) each;
                documents.add(document);
            }
        }
        return documents;
    }

    @SuppressWarnings("unchecked")
    private static Object at(Map<String, Object> document, String... path) {
        Object here = document;
        for (String step : path) {
            here = here == null ? null : ((Map<String, Object>) here).get(step);
        }
        return here;
    }
}
