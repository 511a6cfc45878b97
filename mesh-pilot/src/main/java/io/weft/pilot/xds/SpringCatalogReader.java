package io.weft.pilot.xds;

import com.google.protobuf.Value;
import io.grpc.Status;
import io.weft.pilot.registry.spring.SpringCatalog;
import io.weft.pilot.registry.spring.SpringCatalog.Offer;
import io.weft.pilot.registry.spring.SpringCatalog.Shortcut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code WEFT_SPRING} (docs/contracts.md, "ADS"): what predicates and filters a gateway has. */
final class SpringCatalogReader {

    private static final String FIELD = "WEFT_SPRING";

    private SpringCatalogReader() {}

    /** Null when the node says nothing of it. */
    static @Nullable SpringCatalog read(Map<String, Value> metadata) {
        Value value = metadata.get(FIELD);
        if (value == null) {
            return null;
        }
        Map<String, Value> kinds = struct(FIELD, value);
        try {
            return new SpringCatalog(offers("predicates", kinds), offers("filters", kinds));
        } catch (IllegalArgumentException tooLarge) {
            throw invalid(FIELD, String.valueOf(tooLarge.getMessage()));
        }
    }

    private static Map<String, Offer> offers(String kind, Map<String, Value> kinds) {
        Value value = kinds.get(kind);
        if (value == null) {
            return Map.of();
        }
        String field = FIELD + "." + kind;
        Map<String, Value> factories = struct(field, value);
        bounded(field, factories.size(), SpringCatalog.MAX_FACTORIES);
        Map<String, Offer> offers = new HashMap<>();
        factories.forEach((name, factory) -> offers.put(named(field, name), offer(field + "." + name, factory)));
        return offers;
    }

    private static Offer offer(String field, Value value) {
        Map<String, Value> fields = struct(field, value);
        List<String> args = names(field + ".args", fields.get("args"));
        List<String> names = names(field + ".names", fields.get("names"));
        return new Offer(args == null ? List.of() : args, shortcut(field + ".shortcut", fields.get("shortcut")), names);
    }

    private static Shortcut shortcut(String field, @Nullable Value value) {
        if (value == null) {
            return Shortcut.DEFAULT;
        }
        for (Shortcut shortcut : Shortcut.values()) {
            if (shortcut.name().equals(value.getStringValue())) {
                return shortcut;
            }
        }
        throw invalid(field, "unknown (expected: DEFAULT, GATHER_LIST or GATHER_LIST_TAIL_FLAG)");
    }

    private static @Nullable List<String> names(String field, @Nullable Value value) {
        if (value == null) {
            return null;
        }
        if (!value.hasListValue()) {
            throw invalid(field, value.getKindCase() + " (expected: a list)");
        }
        List<String> names = new ArrayList<>();
        bounded(field, value.getListValue().getValuesCount(), SpringCatalog.MAX_ARGUMENTS);
        for (Value name : value.getListValue().getValuesList()) {
            if (!name.hasStringValue()) {
                throw invalid(field, name.getKindCase() + " (expected: a string)");
            }
            names.add(named(field, name.getStringValue()));
        }
        return names;
    }

    private static Map<String, Value> struct(String field, Value value) {
        if (!value.hasStructValue()) {
            throw invalid(field, value.getKindCase() + " (expected: a struct)");
        }
        return value.getStructValue().getFieldsMap();
    }

    private static void bounded(String field, int count, int max) {
        if (count > max) {
            throw invalid(field, count + " entries (expected: <= " + max + ")");
        }
    }

    private static String named(String field, String name) {
        if (name.isEmpty() || name.length() > SpringCatalog.MAX_NAME) {
            throw invalid(field, "a name of " + name.length() + " characters (expected: 1 to " + SpringCatalog.MAX_NAME + ")");
        }
        return name;
    }

    private static AdsRefused invalid(String field, String message) {
        return new AdsRefused(Status.Code.INVALID_ARGUMENT, "node.metadata." + field + ": " + message);
    }
}
