package io.weft.sidecar.bootstrap;

import com.google.gson.GsonBuilder;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** YAML (and so JSON, which is YAML) → JSON text. Bounded, no tags, no duplicate keys. */
final class YamlToJson {
    private static final int MAX_CHARACTERS = 8 * 1024 * 1024;
    private static final int MAX_DEPTH = 100;
    private static final int MAX_ALIASES = 50;
    private static final int MAX_VALUES = 1_000_000;
    /** A text counts as one more value for each of these. */
    private static final int LONG_TEXT = 100;

    private YamlToJson() {}

    static String convert(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setAllowRecursiveKeys(false);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_CHARACTERS);
        DumperOptions dumping = new DumperOptions();
        Yaml yaml = new Yaml(new SafeConstructor(options), new Representer(dumping), dumping, options, new JsonScalars());
        try {
            Object document = yaml.load(text);
            new Size().add(document, 0);
            return new GsonBuilder().serializeSpecialFloatingPointValues().create().toJson(document);
        } catch (YAMLException e) {
            throw new StartException("not YAML or JSON: " + e.getMessage(), e);
        }
    }

    /** What a document is once its aliases are written out: a short one may be endless. */
    private static final class Size {
        private int values;

        void add(@Nullable Object value, int depth) {
            if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
                throw new StartException("with its aliases written out it is deeper than " + MAX_DEPTH + " or has more than " + MAX_VALUES + " values");
            }
            if (value instanceof Map<?, ?> map) {
                map.forEach((key, item) -> {
                    add(key, depth + 1);
                    add(item, depth + 1);
                });
            } else if (value instanceof Collection<?> list) {
                list.forEach(item -> add(item, depth + 1));
            } else if (value instanceof String text) {
                values += text.length() / LONG_TEXT;
            }
        }
    }

    /** YAML 1.2's core scalars only: {@code on}, {@code yes} and dates stay strings, as they are for Envoy. */
    private static final class JsonScalars extends Resolver {
        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.BOOL, java.util.regex.Pattern.compile("^(?:true|false)$"), "tf");
            addImplicitResolver(Tag.INT, java.util.regex.Pattern.compile("^[-+]?(?:0|[1-9][0-9]*)$"), "-+0123456789");
            addImplicitResolver(
                    Tag.FLOAT,
                    java.util.regex.Pattern.compile("^[-+]?(?:[0-9]+\\.[0-9]*|\\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"),
                    "-+0123456789.");
            addImplicitResolver(Tag.NULL, java.util.regex.Pattern.compile("^(?:~|null| )$"), "~n\0");
            addImplicitResolver(Tag.NULL, java.util.regex.Pattern.compile("^$"), null);
            addImplicitResolver(Tag.MERGE, java.util.regex.Pattern.compile("^(?:<<)$"), "<");
        }
    }
}
