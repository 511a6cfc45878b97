package io.weft.demo.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file put into the config folder; {@link #close} puts back what was there before. */
final class Rules implements AutoCloseable {

    private final Path file;
    private final @Nullable String before;

    Rules(Path file, String yaml) {
        this.file = file;
        try {
            before = Files.exists(file) ? Files.readString(file) : null;
            Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (before == null) {
                Files.deleteIfExists(file);
            } else {
                Files.writeString(file, before);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
