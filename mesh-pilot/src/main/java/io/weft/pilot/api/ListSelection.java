package io.weft.pilot.api;

import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** Kubernetes' {@code labelSelector} (equality, existence) and {@code fieldSelector} (name, namespace) of a list; what it cannot do it refuses. */
final class ListSelection {

    private final List<Predicate<ObjectMeta>> terms = new ArrayList<>();

    private ListSelection() {}

    static ListSelection of(MultiValueMap<String, String> query) throws ApiException {
        String watch = query.getFirst("watch");
        if (watch != null && !watch.equals("false") && !watch.equals("0")) {
            throw new ApiException(405, "MethodNotAllowed", "watch is not supported (expected: a list, asked for again)");
        }
        ListSelection selection = new ListSelection();
        for (String term : terms(query.getFirst("labelSelector"))) {
            selection.terms.add(label(term));
        }
        for (String term : terms(query.getFirst("fieldSelector"))) {
            selection.terms.add(field(term));
        }
        return selection;
    }

    boolean includes(ObjectMeta meta) {
        return terms.stream().allMatch(term -> term.test(meta));
    }

    private static List<String> terms(@Nullable String selector) {
        List<String> terms = new ArrayList<>();
        if (selector != null) {
            for (String term : selector.split(",", -1)) {
                if (!term.isBlank()) {
                    terms.add(term.trim());
                }
            }
        }
        return terms;
    }

    private static Predicate<ObjectMeta> label(String term) throws ApiException {
        Comparison comparison = Comparison.of(term);
        if (comparison != null) {
            return meta -> comparison.wanted().equals(meta.labels().get(comparison.name())) != comparison.not();
        }
        boolean absent = term.startsWith("!");
        String name = absent ? term.substring(1) : term;
        if (name.indexOf(' ') >= 0 || name.indexOf('(') >= 0 || name.indexOf(')') >= 0) {
            throw new ApiException(
                    400, "BadRequest", "labelSelector " + Problem.shown(term) + " (expected: name=value, name!=value, name or !name)");
        }
        return meta -> meta.labels().containsKey(name) != absent;
    }

    private static Predicate<ObjectMeta> field(String term) throws ApiException {
        Comparison comparison = Comparison.of(term);
        String name = comparison == null ? "" : comparison.name();
        if (comparison == null || !name.equals("metadata.name") && !name.equals("metadata.namespace")) {
            throw new ApiException(
                    400, "BadRequest", "fieldSelector " + Problem.shown(term) + " (expected: metadata.name or metadata.namespace, with = or !=)");
        }
        return meta -> comparison.wanted().equals(name.equals("metadata.name") ? meta.name() : meta.namespace()) != comparison.not();
    }

    private record Comparison(String name, String wanted, boolean not) {

        static @Nullable Comparison of(String term) {
            int equals = term.indexOf('=');
            if (equals < 1) {
                return null;
            }
            boolean not = term.charAt(equals - 1) == '!';
            int value = equals + (term.startsWith("==", equals) ? 2 : 1);
            return new Comparison(
                    term.substring(0, not ? equals - 1 : equals).trim(), term.substring(value).trim(), not);
        }
    }
}
