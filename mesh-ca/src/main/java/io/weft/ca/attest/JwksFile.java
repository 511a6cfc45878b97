package io.weft.ca.attest;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys that tokens are signed with, from a file that is looked at whenever they are needed and read again when it changed.
 * A file that does not parse leaves the last good keys in force; a file that is gone takes them away.
 */
public final class JwksFile {

    private static final Logger log = LoggerFactory.getLogger(JwksFile.class);
    private static final long MAX_BYTES = 256 * 1024;

    private final Path file;
    private volatile State state = new State(null, new JWKSet(), "not read yet");

    private record Stamp(FileTime modified, long size, @Nullable Object key) {}

    private record State(@Nullable Stamp stamp, JWKSet keys, @Nullable String trouble) {}

    public JwksFile(Path file) {
        this.file = file;
        keys();
    }

    /** The keys in force now; perhaps none. */
    JWKSet keys() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            Stamp stamp = new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
            if (!stamp.equals(state.stamp())) {
                load(stamp);
            }
        } catch (NoSuchFileException e) {
            without("waiting for " + file + " (weft.tokens.jwks)");
        } catch (IOException e) {
            without(file + " (weft.tokens.jwks) cannot be read: " + e);
        }
        return state.keys();
    }

    private synchronized void without(String trouble) {
        if (!trouble.equals(state.trouble())) {
            log.warn(trouble);
            state = new State(null, new JWKSet(), trouble);
        }
    }

    /** Why no token can be checked now; null if all is well. */
    public @Nullable String trouble() {
        keys();
        return state.trouble();
    }

    private synchronized void load(Stamp stamp) throws IOException {
        try {
            if (stamp.size() > MAX_BYTES) {
                throw new ParseException(stamp.size() + " bytes, expected: at most " + MAX_BYTES, 0);
            }
            JWKSet keys = usable(JWKSet.parse(Files.readString(file)));
            if (keys.isEmpty()) {
                throw new ParseException("no EC P-256 key with a kid", 0);
            }
            state = new State(stamp, keys, null);
            log.info("read {} token keys from {}", keys.size(), file);
        } catch (ParseException | JOSEException e) {
            String trouble = file + " (weft.tokens.jwks) is not a usable JWK set: " + e.getMessage();
            log.error(trouble);
            JWKSet kept = state.keys();
            state = new State(stamp, kept, kept.isEmpty() ? trouble : null);
        }
    }

    /** Public parts only, of the one kind that tokens are signed with. */
    private static JWKSet usable(JWKSet all) throws JOSEException {
        List<JWK> keys = new ArrayList<>();
        for (JWK key : all.getKeys()) {
            if (key instanceof ECKey ec && Curve.P_256.equals(ec.getCurve()) && ec.getKeyID() != null) {
                keys.add(ec.toPublicJWK());
            }
        }
        return new JWKSet(keys);
    }
}
