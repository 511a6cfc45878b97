package io.weft.sidecar.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Key and chain on disk, so that a workload serves again after its restart while the CA is away. Both are in one file, so that there is
 * no moment in which one does not belong to the other.
 */
final class SvidCache {

    private static final Logger log = LoggerFactory.getLogger(SvidCache.class);

    private final SpiffeId id;
    private final @Nullable Path svidFile;
    private final @Nullable Path rootsFile;

    SvidCache(SpiffeId id, @Nullable Path directory) {
        this.id = id;
        this.svidFile = directory == null ? null : directory.resolve("svid.pem");
        this.rootsFile = directory == null ? null : directory.resolve("roots.pem");
    }

    /**
     * What was saved, if it is still of use: of this identity, leading to the roots, valid now. What is not is deleted.
     *
     * @param roots the roots known otherwise; null: those saved
     */
    Optional<Svid> load(@Nullable List<X509Certificate> roots) {
        if (svidFile == null || rootsFile == null || !Files.exists(svidFile)) {
            return Optional.empty();
        }
        try {
            List<X509Certificate> anchors = roots != null ? roots : Pem.certificates(rootsFile.toString(), PrivateFiles.readPrivate(rootsFile));
            String pem = PrivateFiles.readPrivate(svidFile);
            PrivateKey key = Pem.privateKey(svidFile.toString(), pem);
            Svid svid = new Svid(id, key, Pem.certificates(svidFile.toString(), pem), anchors);
            SvidCheck.check(svid, id);
            checkKey(svid);
            return Optional.of(svid);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            log.warn("{} is of no use any more, asking for a new certificate: {}", svidFile, e.getMessage());
            drop(svidFile);
            return Optional.empty();
        }
    }

    void save(Svid svid) {
        if (svidFile == null || rootsFile == null) {
            return;
        }
        try {
            PrivateFiles.createDirectory(svidFile.toAbsolutePath().getParent());
            PrivateFiles.replace(rootsFile, Pem.encode(svid.roots()));
            PrivateFiles.replace(svidFile, Pem.encode(svid.key()) + Pem.encode(svid.chain()));
        } catch (IOException e) {
            log.warn("{} cannot be written, a restart while the CA is away would leave this workload without a certificate: {}", svidFile, e.toString());
        }
    }

    private static void checkKey(Svid svid) throws GeneralSecurityException {
        byte[] probe = svid.leaf().getTBSCertificate();
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(svid.key());
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(svid.leaf().getPublicKey());
        signature.update(probe);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("its key does not belong to its certificate");
        }
    }

    private static void drop(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("{} cannot be deleted: {}", file, e.toString());
        }
    }
}
