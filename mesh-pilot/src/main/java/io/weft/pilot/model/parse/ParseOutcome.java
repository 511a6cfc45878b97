package io.weft.pilot.model.parse;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one document.
 *
 * @param key what it is about; null when even that could not be read
 * @param object the object; null when there are problems
 * @param document the document as read, for storing and for showing it again
 */
public record ParseOutcome(
        @Nullable ObjectKey key,
        @Nullable ConfigObject object,
        Map<String, ?> document,
        List<Problem> problems) {}
