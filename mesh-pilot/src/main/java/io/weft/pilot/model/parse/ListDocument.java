package io.weft.pilot.model.parse;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code kind: List}, as {@code kubectl get -o yaml} writes it, or a list as our own REST answers with. */
public final class ListDocument {

    private static final String LIST = "List";
    private static final Set<String> FIELDS = Set.of("apiVersion", "kind", "metadata", "items");

    private ListDocument() {}

    /**
     * One object of a document.
     *
     * @param path where it stands in the document: {@code items[3]}, or empty for the document itself
     */
    public record Element(String path, @Nullable Object document) {

        /** A problem of the object as one of the document. */
        public Problem inDocument(Problem problem) {
            if (path.isEmpty()) {
                return problem;
            }
            String field = problem.field().isEmpty() ? path : path + "." + problem.field();
            return new Problem(field, problem.message());
        }
    }

    public static boolean isList(@Nullable Object document) {
        if (!(document instanceof Map<?, ?> map) || !(map.get("kind") instanceof String kind) || !kind.endsWith(LIST)) {
            return false;
        }
        String stem = kind.substring(0, kind.length() - LIST.length());
        return stem.isEmpty() || Kind.ofName(stem).isPresent();
    }

    /** The items of a list, in order; of any other document, itself. A list in a list is not expanded. */
    public static List<Element> elements(@Nullable Object document) throws UnreadableException {
        if (!isList(document) || !(document instanceof Map<?, ?> list)) {
            return List.of(new Element("", document));
        }
        for (Object field : list.keySet()) {
            if (!FIELDS.contains(String.valueOf(field))) {
                throw new UnreadableException(
                        Problem.shown(String.valueOf(field)) + " in a list (expected: apiVersion, kind, metadata and items)");
            }
        }
        if (!(list.get("items") instanceof List<?> items)) {
            throw new UnreadableException("items: not a list (expected: a list of objects)");
        }
        ParseLimits.requireDocuments(items.size());
        List<Element> elements = new ArrayList<>();
        for (Object item : items) {
            elements.add(new Element("items[" + elements.size() + "]", item));
        }
        return elements;
    }
}
