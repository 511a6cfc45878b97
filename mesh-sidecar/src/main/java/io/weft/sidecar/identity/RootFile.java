package io.weft.sidecar.identity;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/** The file of trust anchors; it may appear late, and change. */
final class RootFile {

    private final Path file;

    RootFile(Path file) {
        this.file = file;
    }

    /** @throws IdentityException if there is no usable one now */
    List<X509Certificate> read() throws IdentityException {
        try {
            return List.copyOf(Pem.certificates(file.toString(), PrivateFiles.read(file)));
        } catch (NoSuchFileException e) {
            throw new IdentityException("waiting for the mesh's root certificate at " + file);
        } catch (IOException | IllegalArgumentException e) {
            throw new IdentityException("the mesh's root certificate cannot be read: " + e.getMessage());
        }
    }
}
