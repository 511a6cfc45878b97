package io.weft.pilot.api;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.Names;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.PathContainer;

/**
 * What a Kubernetes-style path names.
 *
 * @param version of the kind's versions the one in the path
 * @param namespace null for a list over all namespaces
 * @param name null for a list
 */
record ObjectPath(Kind kind, String version, @Nullable String namespace, @Nullable String name) {

    /** What is said of any other path. */
    static final String UNKNOWN = "the path names no kind of object (expected: /apis/GROUP/VERSION/PLURAL or"
            + " /apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL/NAME with " + plurals("networking.istio.io") + "; "
            + plurals("security.istio.io") + "; " + plurals("gateway.weft.io") + "; and /api/v1/... with " + plurals("") + ")";

    private static String plurals(String group) {
        String names = Arrays.stream(Kind.values())
                .filter(kind -> kind.group().equals(group))
                .map(Kind::plural)
                .collect(Collectors.joining(", "));
        return group.isEmpty() ? names : group + ": " + names;
    }

    /** Reads {@code /api/v1/…} and {@code /apis/GROUP/VERSION/…}; null if the path names no kind of ours. */
    static @Nullable ObjectPath of(PathContainer path) {
        List<String> parts = parts(path);
        boolean core = parts.size() > 1 && parts.get(0).equals("api");
        int rest = core ? 2 : 3;
        if (parts.size() <= rest || !core && !parts.get(0).equals("apis")) {
            return null;
        }
        String group = core ? "" : parts.get(1);
        return of(group, parts.get(rest - 1), parts.subList(rest, parts.size()));
    }

    /** What stands between the slashes. */
    static List<String> parts(PathContainer path) {
        List<String> parts = new ArrayList<>();
        for (PathContainer.Element element : path.elements()) {
            if (element instanceof PathContainer.PathSegment segment) {
                parts.add(segment.valueToMatch());
            }
        }
        return parts;
    }

    private static @Nullable ObjectPath of(String group, String version, List<String> rest) {
        boolean namespaced = rest.get(0).equals("namespaces") && rest.size() > 2;
        String plural = namespaced ? rest.get(2) : rest.get(0);
        Kind kind = Kind.ofPath(group, plural).filter(found -> found.versions().contains(version)).orElse(null);
        int size = namespaced ? 4 : 1;
        if (kind == null || rest.size() > size) {
            return null;
        }
        String namespace = namespaced ? rest.get(1) : null;
        String name = rest.size() == 4 ? rest.get(3) : null;
        boolean named = (namespace == null || Names.isLabel(namespace)) && (name == null || Names.isSubdomain(name));
        return named ? new ObjectPath(kind, version, namespace, name) : null;
    }
}
