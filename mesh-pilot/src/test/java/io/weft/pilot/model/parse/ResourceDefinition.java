package io.weft.pilot.model.parse;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectMeta;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** A kind's CustomResourceDefinition, as it stands in k8s/crds. */
final class ResourceDefinition {

    private static final String HEAD = "# Written by CustomResourceDefinitionsTest from what mesh-pilot reads; not by hand.\n";

    private final Kind kind;
    private final Map<?, ?> names;
    private final SchemaRules rules;

    ResourceDefinition(Kind kind, SchemaRules rules) {
        this.kind = kind;
        this.rules = rules;
        this.names = (Map<?, ?>) ((Map<?, ?>) SchemaRules.resource("kinds.yaml")).get(kind.kindName());
    }

    /** Kubernetes' own kinds need none. */
    static List<Kind> kinds() {
        return Stream.of(Kind.values()).filter(kind -> !kind.group().isEmpty()).toList();
    }

    static String file(Kind kind) {
        return kind.plural() + "." + kind.group() + ".yaml";
    }

    String yaml() {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setAllowUnicode(true);
        options.setDereferenceAliases(true);
        return HEAD + new Yaml(options).dump(document());
    }

    private Map<String, Object> document() {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", kind.plural() + "." + kind.group());
        metadata.put("labels", map("app.kubernetes.io/part-of", "weft"));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("apiVersion", "apiextensions.k8s.io/v1");
        document.put("kind", "CustomResourceDefinition");
        document.put("metadata", metadata);
        document.put("spec", spec());
        return document;
    }

    private Map<String, Object> spec() {
        Map<String, Object> named = new LinkedHashMap<>();
        named.put("kind", kind.kindName());
        named.put("listKind", kind.kindName() + "List");
        named.put("plural", kind.plural());
        named.put("singular", kind.kindName().toLowerCase(Locale.ROOT));
        if (!((List<?>) names.get("shortNames")).isEmpty()) {
            named.put("shortNames", names.get("shortNames"));
        }
        named.put("categories", names.get("categories"));
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("group", kind.group());
        spec.put("names", named);
        spec.put("scope", "Namespaced");
        spec.put("versions", kind.versions().stream().map(this::version).toList());
        return spec;
    }

    /** The first is the one that is written; each means the same, so nothing has to be converted. */
    private Map<String, Object> version(String name) {
        List<Object> columns = new ArrayList<>((List<?>) names.get("columns"));
        Map<String, Object> age = new LinkedHashMap<>();
        age.put("name", "Age");
        age.put("type", "date");
        age.put("jsonPath", ".metadata.creationTimestamp");
        columns.add(age);
        Map<String, Object> version = new LinkedHashMap<>();
        version.put("name", name);
        version.put("served", true);
        version.put("storage", name.equals(kind.versions().get(0)));
        version.put("subresources", map("status", new LinkedHashMap<>()));
        version.put("additionalPrinterColumns", columns);
        version.put("schema", map("openAPIV3Schema", schema()));
        return version;
    }

    private Map<String, Object> schema() {
        RecordedFields fields = new RecordedFields("spec");
        ObjectMeta meta = new ObjectMeta(kind, "default", "recorded", Map.of(), Map.of(), Instant.EPOCH, "", 1);
        ObjectParser.spec(kind, meta, fields);
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("apiVersion", map("type", "string"));
        properties.put("kind", map("type", "string"));
        properties.put("metadata", map("type", "object"));
        properties.put("spec", fields.schema());
        properties.put("status", SchemaRules.resource("status.yaml"));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", names.get("description"));
        schema.put("type", "object");
        schema.put("properties", properties);
        rules.refine(kind.kindName(), schema);
        return schema;
    }

    private static Map<String, Object> map(String key, Object value) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key, value);
        return map;
    }
}
