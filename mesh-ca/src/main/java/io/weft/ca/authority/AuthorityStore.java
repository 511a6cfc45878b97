package io.weft.ca.authority;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authority's folder. The root certificate is written last on a first start: as long as it is not there nobody has ever trusted
 * anything in the folder, so an interrupted first start simply begins again. An intermediate that is missing, over or half written is
 * made anew from the root. One process at a time holds the folder.
 */
final class AuthorityStore implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AuthorityStore.class);

    private final Path rootCertificate;
    private final Path rootKey;
    private final Path intermediateCertificate;
    private final Path intermediateKey;
    private final FileChannel lock;

    /** @throws AuthorityException if the folder cannot be used or another process uses it */
    AuthorityStore(Path directory) {
        rootCertificate = directory.resolve("root-cert.pem");
        rootKey = directory.resolve("root-key.pem");
        intermediateCertificate = directory.resolve("intermediate-cert.pem");
        intermediateKey = directory.resolve("intermediate-key.pem");
        try {
            Files0600.createDirectory(directory);
            lock = lock(directory.resolve(".lock"));
        } catch (IOException e) {
            throw new AuthorityException(directory + " (weft.ca.dir) cannot be used: " + e, e);
        }
    }

    /** The root on disk, or empty before the first start. */
    Optional<Signer> loadRoot() {
        if (!Files.exists(rootCertificate)) {
            return Optional.empty();
        }
        if (!Files.exists(rootKey)) {
            throw new AuthorityException(rootKey + ": missing (expected: the key of " + rootCertificate + ")");
        }
        try {
            Signer root = load(rootCertificate, rootKey);
            if (!root.matches()) {
                throw new AuthorityException(rootKey + " is not the key of " + rootCertificate);
            }
            checkRoot(root.certificate());
            return Optional.of(root);
        } catch (IOException | GeneralSecurityException e) {
            throw new AuthorityException(rootCertificate + " or " + rootKey.getFileName() + " does not parse: " + e.getMessage(), e);
        }
    }

    private void checkRoot(X509Certificate certificate) throws GeneralSecurityException {
        certificate.verify(certificate.getPublicKey());
        if (certificate.getBasicConstraints() < 1) {
            throw new AuthorityException(rootCertificate + ": path length " + certificate.getBasicConstraints() + " (expected: a CA with at least 1)");
        }
    }

    /** The intermediate on disk if it can be used at {@code now}. */
    Optional<Signer> loadIntermediate(Signer root, Instant now) {
        if (!Files.exists(intermediateCertificate) || !Files.exists(intermediateKey)) {
            return Optional.empty();
        }
        try {
            Signer intermediate = load(intermediateCertificate, intermediateKey);
            intermediate.certificate().verify(root.certificate().getPublicKey());
            if (intermediate.matches() && now.isBefore(intermediate.certificate().getNotAfter().toInstant())) {
                return Optional.of(intermediate);
            }
            log.info("{} is over or has another key: making a new one", intermediateCertificate);
        } catch (IOException | GeneralSecurityException e) {
            log.warn("{} is not usable ({}): making a new one", intermediateCertificate, e.getMessage());
        }
        return Optional.empty();
    }

    void saveIntermediate(Signer intermediate) {
        save(intermediateKey, Pem.encode(intermediate.key()));
        save(intermediateCertificate, Pem.encode(intermediate.certificate()));
    }

    void saveRoot(Signer root) {
        save(rootKey, Pem.encode(root.key()));
        try {
            Files0600.writePublic(rootCertificate, Pem.encode(root.certificate()));
        } catch (IOException e) {
            throw new AuthorityException(rootCertificate + " cannot be written: " + e, e);
        }
    }

    private static void save(Path file, String pem) {
        try {
            Files0600.writePrivate(file, pem);
        } catch (IOException e) {
            throw new AuthorityException(file + " cannot be written: " + e, e);
        }
    }

    private static Signer load(Path certificate, Path key) throws IOException, GeneralSecurityException {
        return new Signer(Pem.certificate(Files0600.read(certificate)), Pem.ecKey(Files0600.readPrivate(key)));
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        FileLock held = null;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            log.debug("{} is held by this process", file, sameProcess);
        } finally {
            if (held == null) {
                channel.close();
            }
        }
        if (held == null) {
            throw new AuthorityException(file.getParent() + " (weft.ca.dir) is in use by another mesh-ca");
        }
        return channel;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("closing the lock of {}: {}", rootCertificate.getParent(), e.getMessage());
        }
    }
}
