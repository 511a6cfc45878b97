package io.weft.pilot.source;

import io.weft.pilot.model.ObjectKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source that can also be written to. When a write returns, the object is in force. */
public interface ConfigStore {

    ConfigSnapshot current();

    /**
     * Makes all of these changes or, if one is refused, none.
     *
     * @param changes no two of one object
     * @param dryRun whether only to say what would happen
     * @return what became of each, in order
     */
    List<Outcome> change(List<Change> changes, boolean dryRun)
            throws IOException, ConflictException, InadmissibleException;

    /**
     * One object's change.
     *
     * @param document what it shall be, parsed and validated; null to delete it
     * @param expectedVersion the {@code resourceVersion} the author has seen; null to change whatever is there
     * @param mustBeNew whether it may not be there already
     */
    record Change(
            ObjectKey key, @Nullable Map<String, ?> document, @Nullable String expectedVersion, boolean mustBeNew) {

        /** Adds or replaces. */
        public static Change write(ObjectKey key, Map<String, ?> document, @Nullable String expectedVersion) {
            return new Change(key, document, expectedVersion, false);
        }

        public static Change create(ObjectKey key, Map<String, ?> document) {
            return new Change(key, document, null, true);
        }

        public static Change delete(ObjectKey key, @Nullable String expectedVersion) {
            return new Change(key, null, expectedVersion, false);
        }

        /** Refuses the change of an object that is not what its author thinks. @param before what is there; null if nothing is */
        public void requireSeen(@Nullable AcceptedObject before) throws ConflictException {
            if (before != null && mustBeNew) {
                throw ConflictException.alreadyExists(key.toString());
            }
            if (expectedVersion == null || expectedVersion.isEmpty()) {
                return;
            }
            String now = before == null ? "none, it does not exist" : before.object().meta().resourceVersion();
            if (!now.equals(expectedVersion)) {
                throw ConflictException.stale(key.toString(), expectedVersion, now);
            }
        }
    }

    /**
     * What became of one change.
     *
     * @param object as it is now, of a deleted one as it was; null if there is none
     */
    record Outcome(ObjectKey key, Result result, @Nullable AcceptedObject object) {

        /** The object of a change that has one. */
        public AcceptedObject required() {
            if (object == null) {
                throw new IllegalStateException(key + " is not there: " + result);
            }
            return object;
        }
    }

    /** As {@code kubectl} says it. */
    enum Result {
        CREATED("created"),
        CONFIGURED("configured"),
        UNCHANGED("unchanged"),
        DELETED("deleted"),
        NOT_FOUND("not found");

        private final String text;

        Result(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
