package io.weft.telemetry.ingest;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's own certificate and trust anchor, from the folder that the certificate agent keeps fresh. Before the files are there handshakes fail and
 * the server is not ready; a set of files that does not fit together leaves the last good one in force.
 */
final class ServerCertificate {

    private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);
    private static final List<String> FILES = List.of("cert-chain.pem", "key.pem", "root-cert.pem");

    private final Path folder;
    private final AdvancedTlsX509KeyManager key = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trust;
    private List<String> seen = List.of();
    private volatile Ends ends = Ends.NONE;
    private volatile String problem;

    ServerCertificate(Path folder) {
        this.folder = folder;
        this.problem = folder + " has not been looked at yet";
        try {
            trust = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                    .build();
        } catch (CertificateException e) {
            throw new IllegalStateException("a trust manager without anchors could not be made", e);
        }
    }

    AdvancedTlsX509KeyManager keyManager() {
        return key;
    }

    AdvancedTlsX509TrustManager trustManager() {
        return trust;
    }

    /** Looks whether the files changed, and takes them if they are whole. */
    synchronized void refresh() {
        List<String> stamps = new ArrayList<>();
        for (String name : FILES) {
            Path file = folder.resolve(name);
            try {
                stamps.add(Files.getLastModifiedTime(file) + "/" + Files.size(file));
            } catch (IOException notThere) {
                say("waiting for " + file);
                return;
            }
        }
        if (stamps.equals(seen)) {
            return;
        }
        try {
            ends = load();
            seen = stamps;
            say(null);
            log.info("gRPC TLS: certificate taken from {}", folder);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            say(folder + " does not hold a usable certificate: " + e.getMessage());
        }
    }

    /** What it waits for; null when there is a certificate. */
    @Nullable String waitsFor() {
        return ends == Ends.NONE ? problem : null;
    }

    /** Of what is in force. */
    Ends ends() {
        return ends;
    }

    private void say(@Nullable String newProblem) {
        String text = newProblem == null ? "" : newProblem;
        if (!text.isEmpty() && !text.equals(problem)) {
            log.warn("gRPC TLS: {}", text);
        }
        problem = text;
    }

    private Ends load() throws IOException, GeneralSecurityException {
        X509Certificate[] chain = certificates(FILES.get(0));
        PrivateKey privateKey;
        try (InputStream in = Files.newInputStream(folder.resolve(FILES.get(1)))) {
            privateKey = CertificateUtils.getPrivateKey(in);
        }
        X509Certificate[] roots = certificates(FILES.get(2));
        if (chain.length == 0 || roots.length == 0) {
            throw new IllegalArgumentException("a file without certificates");
        }
        trust.updateTrustCredentials(roots);
        key.updateIdentityCredentials(chain, privateKey);
        return Ends.of(chain[0], roots);
    }

    private X509Certificate[] certificates(String name) throws IOException, CertificateException {
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            return CertificateUtils.getX509Certificates(in);
        }
    }

    /**
     * When certificates end.
     *
     * @param leaf the server's own
     * @param root the first of its roots to go
     */
    record Ends(Instant leaf, Instant root) {

        /** There are none yet. */
        static final Ends NONE = new Ends(Instant.EPOCH, Instant.EPOCH);

        private static Ends of(X509Certificate leaf, X509Certificate[] roots) {
            Date root = Stream.of(roots).map(X509Certificate::getNotAfter).min(Comparator.naturalOrder()).orElseThrow();
            return new Ends(leaf.getNotAfter().toInstant(), root.toInstant());
        }
    }
}
