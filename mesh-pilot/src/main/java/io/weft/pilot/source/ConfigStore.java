package io.weft.pilot.source;

import io.weft.pilot.model.ObjectKey;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source that can also be written to. When a write returns, the object is in force. */
public interface ConfigStore {

    ConfigSnapshot current();

    /**
     * Adds or replaces one object. The document has been parsed and validated.
     *
     * @param expectedVersion the {@code resourceVersion} the author has seen; null to replace whatever is there
     * @param mode whether the object may or must be there already
     */
    AcceptedObject write(ObjectKey key, Map<String, ?> document, @Nullable String expectedVersion, WriteMode mode)
            throws IOException, ConflictException;

    /**
     * Removes one object.
     *
     * @return what was removed, or null if there was nothing
     */
    @Nullable AcceptedObject delete(ObjectKey key, @Nullable String expectedVersion) throws IOException, ConflictException;

    enum WriteMode {
        CREATE,
        UPSERT
    }
}
