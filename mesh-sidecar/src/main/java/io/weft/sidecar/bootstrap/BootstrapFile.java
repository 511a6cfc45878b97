package io.weft.sidecar.bootstrap;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.weft.sidecar.resource.BootstrapParser;
import io.weft.sidecar.resource.BootstrapResource;
import io.weft.sidecar.resource.KnownTypes;
import io.weft.sidecar.resource.ResourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Reads an Envoy bootstrap file, JSON or YAML. A function without captured state, so that {@link ForgottenClasses} can run it in a class loader of its own. */
public final class BootstrapFile implements Function<Path, BootstrapResource> {
    private static final int MAX_BYTES = 8 * 1024 * 1024;

    /** For {@link ForgottenClasses}. */
    public BootstrapFile() {}

    @Override
    public BootstrapResource apply(Path file) {
        return read(file);
    }

    /** @throws StartException that says what is wrong with the file */
    static BootstrapResource read(Path file) {
        Bootstrap.Builder message = Bootstrap.newBuilder();
        try {
            JsonFormat.parser().usingTypeRegistry(KnownTypes.registry()).merge(YamlToJson.convert(text(file)), message);
            return BootstrapParser.parse(message.build());
        } catch (InvalidProtocolBufferException | ResourceException | StartException e) {
            throw new StartException(file + ": " + e.getMessage(), e);
        }
    }

    private static String text(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new StartException("larger than " + MAX_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new StartException("cannot be read: " + e, e);
        }
    }
}
