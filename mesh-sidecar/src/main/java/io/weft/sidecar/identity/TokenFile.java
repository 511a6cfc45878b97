package io.weft.sidecar.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The token shown to the CA, read at every use, because whoever writes it does so again and again. On a laptop only its owner may read
 * it. The kubelet's are another matter: a projected volume belongs to root, is readable by the pod's group or by all in the container,
 * and holds links ({@code ..data}); there the file has to stay inside of its volume, and nobody but its owner may write it.
 */
final class TokenFile {

    private static final int MAX_LENGTH = 8192;
    private static final Set<PosixFilePermission> OTHERS_WRITE = Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final Path file;
    private final boolean projected;

    TokenFile(Path file, boolean projected) {
        this.file = file;
        this.projected = projected;
    }

    /** Whether a path is where the kubelet mounts what it projects. */
    static boolean isProjected(Path file) {
        Path path = file.toAbsolutePath().normalize();
        return path.startsWith("/var/run/secrets") || path.startsWith("/run/secrets");
    }

    String read() throws IdentityException {
        try {
            String token = (projected ? PrivateFiles.read(inVolume()) : PrivateFiles.readPrivate(file)).strip();
            if (token.isEmpty() || token.length() > MAX_LENGTH || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
                throw new IdentityException(file + " does not hold a token");
            }
            return token;
        } catch (NoSuchFileException e) {
            throw new IdentityException("waiting for a token at " + file);
        } catch (IOException e) {
            throw new IdentityException("token cannot be read: " + e.getMessage());
        }
    }

    private Path inVolume() throws IOException {
        Path volume = file.toAbsolutePath().getParent().toRealPath();
        Path real = file.toRealPath();
        if (!real.startsWith(volume)) {
            throw new IOException(file + " leads to " + real + " (expected: a file below " + volume + ")");
        }
        if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is no file");
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(real);
        if (mode.stream().anyMatch(OTHERS_WRITE::contains)) {
            throw new IOException(file + ": mode " + PosixFilePermissions.toString(mode) + " (expected: nobody but its owner writes it)");
        }
        return real;
    }
}
