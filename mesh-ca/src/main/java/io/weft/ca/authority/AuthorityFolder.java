package io.weft.ca.authority;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authority's folder. The root certificate is written last on a first start: as long as it is not there nobody has ever trusted
 * anything in the folder, so an interrupted first start simply begins again. One process at a time holds the folder.
 */
public final class AuthorityFolder implements AuthorityStore {

    private static final Logger log = LoggerFactory.getLogger(AuthorityFolder.class);

    private final Path directory;
    private final FileChannel lock;

    /** @throws AuthorityException if the folder cannot be used or another process uses it */
    public AuthorityFolder(Path directory) {
        this.directory = directory;
        try {
            Files0600.createDirectory(directory);
            lock = lock(directory.resolve(".lock"));
        } catch (IOException e) {
            throw new AuthorityException(directory + " (weft.ca.dir) cannot be used: " + e, e);
        }
    }

    @Override
    public Optional<KeptAuthority> load() {
        if (!Files.exists(file(Part.ROOT_CERTIFICATE))) {
            return Optional.empty();
        }
        try {
            return Optional.of(new KeptAuthority(
                    Files0600.read(file(Part.ROOT_CERTIFICATE)),
                    Files.exists(file(Part.ROOT_KEY)) ? Files0600.readPrivate(file(Part.ROOT_KEY)) : null,
                    readable(Part.INTERMEDIATE_CERTIFICATE),
                    readable(Part.INTERMEDIATE_KEY),
                    null));
        } catch (IOException e) {
            throw new AuthorityException(place(Part.ROOT_CERTIFICATE) + " or root-key.pem cannot be read: " + e, e);
        }
    }

    private @Nullable String readable(Part part) {
        Path file = file(part);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return Files0600.readPrivate(file);
        } catch (IOException e) {
            log.warn("{} cannot be read: {}", file, e.toString());
            return null;
        }
    }

    @Override
    public KeptAuthority create(KeptAuthority made) {
        renew(made, made);
        write(Part.ROOT_KEY, Objects.requireNonNull(made.rootKey(), "a new authority has its keys"));
        try {
            Files0600.writePublic(file(Part.ROOT_CERTIFICATE), made.rootCertificate());
        } catch (IOException e) {
            throw new AuthorityException(place(Part.ROOT_CERTIFICATE) + " cannot be written: " + e, e);
        }
        return made;
    }

    @Override
    public KeptAuthority renew(KeptAuthority before, KeptAuthority next) {
        write(Part.INTERMEDIATE_KEY, Objects.requireNonNull(next.intermediateKey(), "a new intermediate has a key"));
        write(Part.INTERMEDIATE_CERTIFICATE, Objects.requireNonNull(next.intermediateCertificate(), "a new intermediate"));
        return next;
    }

    private void write(Part part, String pem) {
        try {
            Files0600.writePrivate(file(part), pem);
        } catch (IOException e) {
            throw new AuthorityException(place(part) + " cannot be written: " + e, e);
        }
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public String place(Part part) {
        return file(part).toString();
    }

    private Path file(Part part) {
        return directory.resolve(
                switch (part) {
                    case ROOT_CERTIFICATE -> "root-cert.pem";
                    case ROOT_KEY -> "root-key.pem";
                    case INTERMEDIATE_CERTIFICATE -> "intermediate-cert.pem";
                    case INTERMEDIATE_KEY -> "intermediate-key.pem";
                });
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
            log.warn("closing the lock of {}: {}", directory, e.getMessage());
        }
    }
}
