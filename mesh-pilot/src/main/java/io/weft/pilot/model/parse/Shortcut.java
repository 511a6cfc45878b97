package io.weft.pilot.model.parse;

import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute.Factory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * {@code Name=argument,argument}, read as Spring Cloud Gateway 5.0 reads it ({@code PredicateDefinition}, {@code FilterDefinition}): split at every comma,
 * there is no quoting; blanks around an argument do not count, and an empty one is none. A filter may be a name alone, a predicate may not.
 */
final class Shortcut {

    private Shortcut() {}

    static @Nullable Factory read(String field, String text, boolean needArguments, Problems problems) {
        int equals = text.indexOf('=');
        if (equals <= 0 && (needArguments || equals == 0)) {
            problems.add(Problem.expected(field, text, "Name=argument,argument or {name, args}"));
            return null;
        }
        Map<String, String> args = new LinkedHashMap<>();
        if (equals > 0) {
            StringTokenizer tokens = new StringTokenizer(text.substring(equals + 1), ",");
            while (tokens.hasMoreTokens()) {
                String argument = tokens.nextToken().trim();
                if (!argument.isEmpty()) {
                    args.put(Factory.generatedName(args.size()), argument);
                }
            }
        }
        return new Factory(equals < 0 ? text : text.substring(0, equals), args);
    }
}
