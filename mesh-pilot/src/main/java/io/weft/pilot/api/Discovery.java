package io.weft.pilot.api;

import io.weft.pilot.model.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a Kubernetes client asks before anything else: which groups, versions and kinds there are. The OpenAPI pages say one thing only, that a field nobody
 * knows is refused by the server, so that {@code kubectl} leaves that to it.
 */
final class Discovery {

    private static final List<String> VERBS = List.of("create", "delete", "get", "list", "patch", "update");
    private static final Map<Kind, String> SHORT_NAMES = Map.of(
            Kind.VIRTUAL_SERVICE, "vs",
            Kind.DESTINATION_RULE, "dr",
            Kind.GATEWAY, "gw",
            Kind.SERVICE_ENTRY, "se",
            Kind.WORKLOAD_ENTRY, "we",
            Kind.WORKLOAD_GROUP, "wg",
            Kind.PEER_AUTHENTICATION, "pa",
            Kind.AUTHORIZATION_POLICY, "ap",
            Kind.SERVICE, "svc",
            Kind.SPRING_ROUTE, "sr");

    private Discovery() {}

    /** The document of a path; null if there is none. @param parts of the path, between the slashes */
    static @Nullable Map<String, ?> document(List<String> parts) {
        return switch (String.join("/", parts)) {
            case "version" -> Map.of("major", "1", "minor", "32", "gitVersion", "v1.32.0+weft", "platform", "weft");
            case "api" -> document("APIVersions", "versions", List.of("v1"));
            case "apis" -> document("APIGroupList", "groups", groups().stream().map(Discovery::group).toList());
            case "openapi/v3" -> openApi();
            default -> below(parts);
        };
    }

    private static @Nullable Map<String, ?> below(List<String> parts) {
        boolean schema = parts.size() > 2 && parts.get(0).equals("openapi") && parts.get(1).equals("v3");
        List<String> rest = schema ? parts.subList(2, parts.size()) : parts;
        boolean core = rest.size() == 2 && rest.get(0).equals("api");
        boolean grouped = !rest.isEmpty() && rest.get(0).equals("apis");
        if (!schema && grouped && rest.size() == 2 && groups().contains(rest.get(1))) {
            Map<String, Object> group = new LinkedHashMap<>(Map.of("apiVersion", "v1", "kind", "APIGroup"));
            group.putAll(group(rest.get(1)));
            return group;
        }
        if (!core && !(grouped && rest.size() == 3)) {
            return null;
        }
        String group = core ? "" : rest.get(1);
        String version = rest.get(rest.size() - 1);
        List<Kind> kinds = kinds(group, version);
        if (kinds.isEmpty()) {
            return null;
        }
        return schema ? schema(kinds, version) : resources(kinds, version);
    }

    private static Map<String, Object> document(String kind, String field, List<?> content) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", "v1");
        document.put("kind", kind);
        document.put(field, content);
        return document;
    }

    private static Set<String> groups() {
        Set<String> groups = new LinkedHashSet<>();
        for (Kind kind : Kind.values()) {
            if (!kind.group().isEmpty()) {
                groups.add(kind.group());
            }
        }
        return groups;
    }

    /** Preferred first. */
    private static List<String> versions(String group) {
        Set<String> versions = new LinkedHashSet<>();
        for (Kind kind : Kind.values()) {
            if (kind.group().equals(group)) {
                versions.addAll(kind.versions());
            }
        }
        return List.copyOf(versions);
    }

    private static Map<String, Object> group(String name) {
        List<Map<String, String>> versions = versions(name).stream()
                .map(version -> Map.of("groupVersion", name + "/" + version, "version", version))
                .toList();
        Map<String, Object> group = new LinkedHashMap<>();
        group.put("name", name);
        group.put("versions", versions);
        group.put("preferredVersion", versions.get(0));
        return group;
    }

    private static List<Kind> kinds(String group, String version) {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.group().equals(group) && kind.versions().contains(version))
                .toList();
    }

    private static Map<String, Object> resources(List<Kind> kinds, String version) {
        List<Map<String, Object>> resources = new ArrayList<>();
        for (Kind kind : kinds) {
            Map<String, Object> resource = new LinkedHashMap<>();
            resource.put("name", kind.plural());
            resource.put("singularName", kind.kindName().toLowerCase(Locale.ROOT));
            resource.put("namespaced", true);
            resource.put("kind", kind.kindName());
            resource.put("verbs", VERBS);
            String shortName = SHORT_NAMES.get(kind);
            if (shortName != null) {
                resource.put("shortNames", List.of(shortName));
            }
            resources.add(resource);
        }
        Map<String, Object> list = document("APIResourceList", "resources", resources);
        list.put("groupVersion", kinds.get(0).apiVersion(version));
        return list;
    }

    private static Map<String, Object> openApi() {
        Map<String, Object> paths = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            for (String version : kind.versions()) {
                String path = kind.group().isEmpty() ? "api/" + version : "apis/" + kind.group() + "/" + version;
                paths.put(path, Map.of("serverRelativeURL", "/openapi/v3/" + path));
            }
        }
        return Map.of("paths", paths);
    }

    private static Map<String, Object> schema(List<Kind> kinds, String version) {
        Map<String, Object> paths = new LinkedHashMap<>();
        for (Kind kind : kinds) {
            String root = kind.group().isEmpty() ? "/api/" : "/apis/" + kind.group() + "/";
            Map<String, Object> patch = new LinkedHashMap<>();
            patch.put(
                    "parameters",
                    List.of(Map.of("name", "fieldValidation", "in", "query", "schema", Map.of("type", "string"))));
            patch.put(
                    "x-kubernetes-group-version-kind",
                    Map.of("group", kind.group(), "version", version, "kind", kind.kindName()));
            paths.put(root + version + "/namespaces/{namespace}/" + kind.plural() + "/{name}", Map.of("patch", patch));
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("openapi", "3.0.0");
        schema.put("info", Map.of("title", "Weft", "version", "v1"));
        schema.put("paths", paths);
        return schema;
    }
}
