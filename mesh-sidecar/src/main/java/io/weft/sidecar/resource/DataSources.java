package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.core.v3.DataSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * Text that is inline, in a file or in the environment. Files and environment are read only for the operator's own bootstrap file: a control plane must not
 * be able to make this process read its files and serve them.
 */
final class DataSources {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final Fields FIELDS = Fields.of(
                    DataSource.getDescriptor(), "filename", "inline_bytes", "inline_string", "environment_variable")
            .ignore("files are read when the bootstrap file is; the certificate agent restarts nothing", "watched_directory");

    private final boolean local;

    DataSources(boolean local) {
        this.local = local;
    }

    boolean local() {
        return local;
    }

    /**
     * A certificate, key or trust anchor. These may be in files for a control plane too (a DestinationRule's {@code caCertificates} is a path on the proxy):
     * what is read is used in handshakes and never served.
     */
    String pem(Where where, DataSource source) {
        if (source.hasFilename()) {
            FIELDS.check(where, source);
            return read(where.field("filename"), source.getFilename());
        }
        return text(where, source);
    }

    String text(Where where, DataSource source) {
        FIELDS.check(where, source);
        switch (source.getSpecifierCase()) {
            case INLINE_STRING:
                return source.getInlineString();
            case INLINE_BYTES:
                return utf8(where.field("inline_bytes"), source.getInlineBytes().asReadOnlyByteBuffer());
            case FILENAME:
                return file(where.field("filename"), source.getFilename());
            case ENVIRONMENT_VARIABLE:
                return environment(where.field("environment_variable"), source.getEnvironmentVariable());
            default:
                throw where.refuse("empty (expected: inline_string, inline_bytes, filename or environment_variable)");
        }
    }

    private String file(Where where, String name) {
        requireLocal(where);
        return read(where, name);
    }

    private static String read(Where where, String name) {
        Path file = path(where, name);
        // A pipe or a terminal would hold up the configuration of everybody else.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw where.refuse(name + " is not a regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw where.refuse(name + " is larger than " + MAX_BYTES + " bytes");
            }
            return utf8(where, ByteBuffer.wrap(bytes));
        } catch (IOException e) {
            throw new ResourceException(where + ": " + name + " cannot be read: " + e, e);
        }
    }

    private static Path path(Where where, String name) {
        try {
            return Path.of(name);
        } catch (InvalidPathException e) {
            throw where.refuse("not a path: " + e.getReason());
        }
    }

    private String environment(Where where, String name) {
        requireLocal(where);
        String value = System.getenv(name);
        if (value == null) {
            throw where.refuse(name + " is not set");
        }
        return value;
    }

    private void requireLocal(Where where) {
        if (!local) {
            throw where.refuse("not accepted from a control plane (expected: inline_string or inline_bytes)");
        }
    }

    private static String utf8(Where where, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new ResourceException(where + ": not UTF-8", e);
        }
    }
}
