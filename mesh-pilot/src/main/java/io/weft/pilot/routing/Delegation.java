package io.weft.pilot.routing;

import io.weft.pilot.model.HeaderOperations;
import io.weft.pilot.model.HttpMatch;
import io.weft.pilot.model.HttpRoute;
import io.weft.pilot.model.StringMatch;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the rules of delegates where a root VirtualService names them. One level only. A delegate's match must lie within the root's; what does not is
 * dropped. What the delegate leaves unset the root fills.
 */
final class Delegation {

    private final MeshState state;

    Delegation(MeshState state) {
        this.state = state;
    }

    /** A rule, and the namespace in which its short names are to be read. */
    record Rule(HttpRoute route, String namespace) {}

    List<Rule> expand(VirtualService root) {
        List<Rule> rules = new ArrayList<>();
        for (HttpRoute rule : root.http()) {
            if (rule.delegate() == null) {
                rules.add(new Rule(rule, root.namespace()));
            } else {
                delegate(root, rule.delegate()).ifPresent(found -> rules.addAll(within(rule, found)));
            }
        }
        return rules;
    }

    private Optional<VirtualService> delegate(VirtualService root, HttpRoute.Delegate name) {
        String namespace = name.namespace() == null || name.namespace().isEmpty() ? root.namespace() : name.namespace();
        return state.get(VirtualService.class, namespace, name.name())
                .filter(found -> found.hosts().isEmpty() && found.gateways().isEmpty())
                .filter(found -> ExportTo.visible(found.exportTo(), found.namespace(), root.namespace()));
    }

    private static List<Rule> within(HttpRoute root, VirtualService delegate) {
        List<Rule> rules = new ArrayList<>();
        for (HttpRoute rule : delegate.http()) {
            if (rule.delegate() != null) {
                continue;
            }
            List<HttpMatch> matches = matches(root.match(), rule.match());
            if (matches != null) {
                rules.add(new Rule(merge(root, rule, matches), delegate.namespace()));
            }
        }
        return rules;
    }

    /** Every root block with every delegate block; null when no pair fits together. */
    private static @Nullable List<HttpMatch> matches(List<HttpMatch> root, List<HttpMatch> delegate) {
        if (root.isEmpty()) {
            return delegate;
        }
        if (delegate.isEmpty()) {
            return root;
        }
        List<HttpMatch> merged = new ArrayList<>();
        for (HttpMatch outer : root) {
            for (HttpMatch inner : delegate) {
                if (fits(outer, inner)) {
                    merged.add(merge(outer, inner));
                }
            }
        }
        return merged.isEmpty() ? null : merged;
    }

    private static boolean fits(HttpMatch outer, HttpMatch inner) {
        return fits(outer.uri(), inner.uri())
                && fits(outer.scheme(), inner.scheme())
                && fits(outer.method(), inner.method())
                && fits(outer.authority(), inner.authority())
                && fits(outer.headers(), inner.headers())
                && fits(outer.withoutHeaders(), inner.withoutHeaders())
                && fits(outer.queryParams(), inner.queryParams())
                && (isUnset(outer.port()) || isUnset(inner.port()) || Objects.equals(outer.port(), inner.port()))
                && (inner.gateways().isEmpty() || outer.gateways().isEmpty() || outer.gateways().containsAll(inner.gateways()))
                && outer.sourceLabels().entrySet().stream().allMatch(label -> label.getValue()
                        .equals(inner.sourceLabels().getOrDefault(label.getKey(), label.getValue())))
                && (outer.sourceNamespace() == null
                        || inner.sourceNamespace() == null
                        || outer.sourceNamespace().equals(inner.sourceNamespace()));
    }

    private static boolean isUnset(@Nullable Integer port) {
        return port == null || port == 0;
    }

    private static boolean fits(Map<String, StringMatch> outer, Map<String, StringMatch> inner) {
        return outer.entrySet().stream().allMatch(entry -> fits(entry.getValue(), inner.get(entry.getKey())));
    }

    /** Whether the inner match lies within the outer; of two regular expressions nobody can tell. */
    private static boolean fits(@Nullable StringMatch outer, @Nullable StringMatch inner) {
        if (outer == null || inner == null || outer.equals(inner) && outer.type() != StringMatch.Type.REGEX) {
            return true;
        }
        return switch (outer.type()) {
            case PRESENT -> true;
            case PREFIX -> (inner.type() == StringMatch.Type.PREFIX || inner.type() == StringMatch.Type.EXACT)
                    && inner.value().startsWith(outer.value());
            case EXACT, REGEX -> false;
        };
    }

    private static HttpMatch merge(HttpMatch outer, HttpMatch inner) {
        return new HttpMatch(
                joined(outer.name(), inner.name()),
                or(inner.uri(), outer.uri()),
                or(inner.scheme(), outer.scheme()),
                or(inner.method(), outer.method()),
                or(inner.authority(), outer.authority()),
                union(outer.headers(), inner.headers()),
                union(outer.withoutHeaders(), inner.withoutHeaders()),
                union(outer.queryParams(), inner.queryParams()),
                isUnset(inner.port()) ? outer.port() : inner.port(),
                union(outer.sourceLabels(), inner.sourceLabels()),
                inner.gateways().isEmpty() ? outer.gateways() : inner.gateways(),
                or(inner.sourceNamespace(), outer.sourceNamespace()),
                outer.ignoreUriCase() || inner.ignoreUriCase(),
                or(inner.statPrefix(), outer.statPrefix()));
    }

    private static HttpRoute merge(HttpRoute root, HttpRoute rule, List<HttpMatch> matches) {
        return new HttpRoute(
                joined(root.name(), rule.name()),
                matches,
                rule.route(),
                rule.redirect(),
                rule.directResponse(),
                null,
                or(rule.rewrite(), root.rewrite()),
                or(rule.timeout(), root.timeout()),
                or(rule.retries(), root.retries()),
                or(rule.fault(), root.fault()),
                or(rule.mirror(), root.mirror()),
                or(rule.mirrorPercentage(), root.mirrorPercentage()),
                rule.mirrors().isEmpty() ? root.mirrors() : rule.mirrors(),
                or(rule.corsPolicy(), root.corsPolicy()),
                rule.headers().equals(HeaderOperations.NONE) ? root.headers() : rule.headers());
    }

    private static <T> @Nullable T or(@Nullable T first, @Nullable T second) {
        return first == null ? second : first;
    }

    private static @Nullable String joined(@Nullable String outer, @Nullable String inner) {
        if (outer == null || inner == null) {
            return outer == null ? inner : outer;
        }
        return outer + "-" + inner;
    }

    private static <V> Map<String, V> union(Map<String, V> outer, Map<String, V> inner) {
        Map<String, V> union = new LinkedHashMap<>(outer);
        union.putAll(inner);
        return union;
    }
}
