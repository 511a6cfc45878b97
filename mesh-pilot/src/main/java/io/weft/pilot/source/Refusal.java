package io.weft.pilot.source;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that is not in force, and why.
 *
 * @param file relative to the folder
 * @param document which one in the file, from 0; -1 for the whole file
 * @param key what it is about; null when that could not be read
 * @param lastGoodInForce whether an earlier version of the object (of a whole file: of its objects) still counts
 */
public record Refusal(
        String file, int document, @Nullable ObjectKey key, List<Problem> problems, boolean lastGoodInForce) {

    public Refusal {
        problems = List.copyOf(problems);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (document >= 0) {
            text.append(", document ").append(document);
        }
        if (key != null) {
            text.append(", ").append(key);
        }
        text.append(": ");
        for (int i = 0; i < problems.size(); i++) {
            text.append(i == 0 ? "" : "; ").append(problems.get(i));
        }
        return text.append(lastGoodInForce ? " (the last good version stays in force)" : "").toString();
    }
}
