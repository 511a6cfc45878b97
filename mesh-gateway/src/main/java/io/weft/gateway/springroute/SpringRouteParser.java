package io.weft.gateway.springroute;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.weft.api.gateway.v1alpha1.Factory;
import io.weft.api.gateway.v1alpha1.SpringRoute;
import io.weft.sidecar.resource.ResourceException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.RouteMetadataUtils;

/**
 * Protobuf to {@link SpringRouteResource}; says what it does not take. What Spring's binder would evaluate as SpEL is refused here, so that it never gets
 * there.
 */
final class SpringRouteParser {

    /** What a route may hold, so that no tenant's route makes work for everybody. */
    private static final int MAX_STEPS = 64;

    private static final int MAX_ARGS = 64;
    private static final int MAX_NAME = 256;
    private static final int MAX_VALUE = 8 * 1024;
    private static final int MAX_METADATA_DEPTH = 16;
    private static final Set<String> WITH_HOST = Set.of("http", "https", "lb", "ws", "wss");
    private static final String SCHEMES = "expected: http, https, lb, forward, ws, wss or mesh";

    private SpringRouteParser() {}

    /** @throws ResourceException for what is not a SpringRoute as docs/contracts.md has it */
    static SpringRouteResource parse(String name, Any body) {
        SpringRoute route;
        try {
            route = body.unpack(SpringRoute.class);
        } catch (InvalidProtocolBufferException e) {
            throw new ResourceException("not a SpringRoute: " + e.getMessage());
        }
        if (!route.getName().equals(name)) {
            throw new ResourceException("name: " + route.getName() + " (expected: the name it was sent under)");
        }
        String id = route.getId().isEmpty() ? name : route.getId();
        printable("name", name);
        printable("id", id);
        URI uri = uri(route.getUri());
        return new SpringRouteResource(
                name,
                id,
                uri,
                cluster(uri, route.getCluster()),
                factories("predicates", route.getPredicatesList()),
                factories("filters", route.getFiltersList()),
                route.getOrder(),
                metadata(route.getMetadata()),
                created(route.getCreated()));
    }

    private static void printable(String field, String value) {
        if (value.isEmpty() || value.length() > MAX_NAME || !value.chars().allMatch(c -> c > ' ' && c != 0x7f)) {
            throw new ResourceException(field + ": " + value.length() + " characters (expected: 1 to " + MAX_NAME + " printable ones)");
        }
    }

    private static URI uri(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw new ResourceException("uri: " + text + " (expected: a URI)");
        }
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (WITH_HOST.contains(scheme)) {
            URI where = uri.isOpaque() && scheme.equals("lb") ? inner(text, uri) : uri;
            if (where.getHost() == null) {
                throw new ResourceException("uri: " + text + " (expected: " + scheme + "://host)");
            }
        } else if (scheme.equals("forward")) {
            if (!uri.getSchemeSpecificPart().startsWith("/")) {
                throw new ResourceException("uri: " + text + " (expected: forward:/path)");
            }
        } else if (!scheme.equals("mesh")) {
            throw new ResourceException("uri: " + text + " (" + SCHEMES + ")");
        }
        return uri;
    }

    /** {@code lb:ws://reviews:9080}: balanced, and spoken to as the second scheme says. */
    private static URI inner(String text, URI uri) {
        try {
            URI inner = new URI(uri.getRawSchemeSpecificPart());
            if (inner.getScheme() != null && Set.of("http", "https", "ws", "wss").contains(inner.getScheme())) {
                return inner;
            }
        } catch (URISyntaxException e) {
            throw new ResourceException("uri: " + text + " (expected: a URI behind lb:)");
        }
        throw new ResourceException("uri: " + text + " (expected behind lb: http, https, ws or wss)");
    }

    private static String cluster(URI uri, String cluster) {
        boolean balanced = uri.getScheme().equalsIgnoreCase("lb");
        if (balanced == cluster.isEmpty()) {
            throw new ResourceException("cluster: \"" + cluster + "\" (expected: a cluster's name with lb:, none with every other scheme)");
        }
        return cluster;
    }

    private static List<SpringRouteResource.Factory> factories(String field, List<Factory> sent) {
        if (sent.size() > MAX_STEPS) {
            throw new ResourceException(field + ": " + sent.size() + " (expected: <= " + MAX_STEPS + ")");
        }
        List<SpringRouteResource.Factory> factories = new ArrayList<>(sent.size());
        for (int i = 0; i < sent.size(); i++) {
            Factory factory = sent.get(i);
            String where = field + "[" + i + "]";
            printable(where + ".name", factory.getName());
            if (factory.getArgsCount() > MAX_ARGS) {
                throw new ResourceException(where + ": " + factory.getArgsCount() + " arguments (expected: <= " + MAX_ARGS + ")");
            }
            factory.getArgsMap().forEach((key, value) -> argument(where + " " + factory.getName() + "." + key, key, value));
            factories.add(new SpringRouteResource.Factory(factory.getName(), inOrder(factory.getArgsMap())));
        }
        return List.copyOf(factories);
    }

    private static void argument(String where, String key, String value) {
        if (key.isEmpty() || key.length() > MAX_NAME || value.length() > MAX_VALUE) {
            throw new ResourceException(where + ": too long (expected: a name of 1 to " + MAX_NAME + ", a value of up to " + MAX_VALUE + " characters)");
        }
        if (key.contains("#{") || value.contains("#{")) {
            throw new ResourceException(where + ": #{…} (expected: no SpEL, it is never evaluated)");
        }
    }

    /** Spring numbers what came without names and takes it in the map's order; a protobuf map has none. */
    private static Map<String, String> inOrder(Map<String, String> args) {
        Map<String, String> sorted = new LinkedHashMap<>();
        args.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .forEach(key -> sorted.put(key, args.get(key)));
        return sorted;
    }

    private static Instant created(Timestamp created) {
        try {
            return Instant.ofEpochSecond(created.getSeconds(), created.getNanos());
        } catch (DateTimeException e) {
            throw new ResourceException("created: " + created.getSeconds() + " s (expected: a point in time)");
        }
    }

    private static Map<String, Object> metadata(Struct struct) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((key, value) -> {
            Object plain = plain(value, 1);
            if (plain != null) {
                metadata.put(key, plain);
            }
        });
        milliseconds(metadata, RouteMetadataUtils.RESPONSE_TIMEOUT_ATTR);
        milliseconds(metadata, RouteMetadataUtils.CONNECT_TIMEOUT_ATTR);
        return metadata;
    }

    /** What every request would stumble over. */
    private static void milliseconds(Map<String, Object> metadata, String key) {
        Object value = metadata.get(key);
        if (value == null || value instanceof Integer) {
            return;
        }
        try {
            Integer.parseInt(value.toString());
        } catch (NumberFormatException e) {
            throw new ResourceException("metadata." + key + ": " + value + " (expected: milliseconds)");
        }
    }

    private static @Nullable Object plain(Value value, int depth) {
        if (depth > MAX_METADATA_DEPTH) {
            throw new ResourceException("metadata: deeper than " + MAX_METADATA_DEPTH);
        }
        return switch (value.getKindCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> value.getBoolValue();
            case NUMBER_VALUE -> number(value.getNumberValue());
            case LIST_VALUE -> value.getListValue().getValuesList().stream()
                    .map(item -> plain(item, depth + 1))
                    .filter(Objects::nonNull)
                    .toList();
            case STRUCT_VALUE -> {
                Map<String, Object> map = new LinkedHashMap<>();
                value.getStructValue().getFieldsMap().forEach((key, item) -> {
                    Object plain = plain(item, depth + 1);
                    if (plain != null) {
                        map.put(key, plain);
                    }
                });
                yield map;
            }
            default -> null;
        };
    }

    /** What was written as a whole number is one again: protobuf knows doubles only. */
    private static Object number(double number) {
        if (number == Math.rint(number) && Math.abs(number) <= Integer.MAX_VALUE) {
            return (int) number;
        }
        return number;
    }
}
