package io.weft.telemetry.query;

import io.weft.telemetry.store.Span;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Puts the spans of a trace in order: one root, parents before children, by their start. */
final class Traces {

    /** Of a span whose parent is not here: the id of that parent. */
    static final String MISSING_PARENT = "weft.missing_parent";

    private static final String SERVER_HALF = ":server";

    private Traces() {}

    /** One trace in the list. Times in milliseconds. */
    record Summary(
            String traceId, Instant start, double duration, Root root, Set<String> services, int spans, boolean error) {}

    record Root(String service, String name) {}

    /** One trace whole. */
    record Trace(String traceId, List<SpanRow> spans) {}

    /** One of its spans; {@code offset} and {@code duration} in milliseconds. */
    record SpanRow(
            String spanId,
            @Nullable String parentId,
            String service,
            String name,
            String kind,
            Instant start,
            double offset,
            double duration,
            boolean error,
            @Nullable String status,
            Map<String, String> attributes) {}

    /** @param spans of one trace, at least one */
    static Summary summary(List<Span> spans) {
        Span root = root(spans);
        long start = start(spans);
        Set<String> services = new TreeSet<>();
        spans.forEach(span -> services.add(span.service()));
        return new Summary(
                root.traceId(),
                instant(start),
                millis(end(spans) - start),
                new Root(root.service(), root.name()),
                services,
                spans.size(),
                spans.stream().anyMatch(Span::error));
    }

    /** @param spans of one trace, at least one */
    static Trace whole(List<Span> spans) {
        return new Trace(spans.get(0).traceId(), new Ordering(spans).rows());
    }

    static long start(List<Span> spans) {
        return spans.stream().mapToLong(Span::startNanos).min().orElse(0);
    }

    private static long end(List<Span> spans) {
        return spans.stream().mapToLong(Span::endNanos).max().orElse(0);
    }

    /** The earliest without a parent; when all have one, the earliest whose parent is not here, else the earliest. */
    private static Span root(List<Span> spans) {
        Set<String> ids = new HashSet<>();
        spans.forEach(span -> ids.add(span.spanId()));
        Comparator<Span> byRank = Comparator.comparing((Span span) -> rank(span, ids)).thenComparing(Span::startNanos);
        return spans.stream().min(byRank).orElseThrow();
    }

    private static int rank(Span span, Set<String> ids) {
        if (span.parentId() == null) {
            return span.shared() ? 1 : 0;
        }
        return ids.contains(span.parentId()) ? 2 : 1;
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    /** Walks one trace from its root. */
    private static final class Ordering {

        private final List<Span> spans;
        private final long start;
        private final Span root;
        private final Map<String, Span> byId = new LinkedHashMap<>();
        private final Map<String, Span> serverHalves = new HashMap<>();
        private final Map<String, List<Span>> children = new HashMap<>();
        private final Set<Span> placed = Collections.newSetFromMap(new IdentityHashMap<>());
        private final List<SpanRow> rows = new ArrayList<>();

        Ordering(List<Span> spans) {
            this.spans = new ArrayList<>(spans);
            this.spans.sort(Comparator.comparingLong(Span::startNanos));
            this.start = Traces.start(spans);
            this.root = root(spans);
            Set<String> clients = new HashSet<>();
            spans.forEach(span -> {
                if (!span.shared()) {
                    clients.add(span.spanId());
                }
            });
            for (Span span : this.spans) {
                if (span.shared() && clients.contains(span.spanId())) {
                    serverHalves.put(span.spanId(), span);
                }
                byId.put(id(span), span);
            }
            for (Span span : this.spans) {
                String parent = parent(span);
                if (parent != null) {
                    children.computeIfAbsent(parent, id -> new ArrayList<>()).add(span);
                }
            }
        }

        List<SpanRow> rows() {
            place(root, null, null);
            // Whose parent never came, and rings of spans that are each other's parents: under the root, and it is said.
            for (Span span : spans) {
                String parent = parent(span);
                if (!placed.contains(span) && (parent == null || !byId.containsKey(parent))) {
                    place(span, id(root), parent);
                }
            }
            for (Span span : spans) {
                if (!placed.contains(span)) {
                    place(span, id(root), parent(span));
                }
            }
            return rows;
        }

        /** Not by recursion: a trace may be one long chain. */
        private void place(Span top, @Nullable String under, @Nullable String missing) {
            List<Span> open = new ArrayList<>();
            open.add(top);
            while (!open.isEmpty()) {
                Span span = open.remove(open.size() - 1);
                if (!placed.add(span)) {
                    continue;
                }
                boolean isTop = span == top;
                rows.add(row(span, isTop ? under : parent(span), isTop ? missing : null));
                List<Span> below = children.getOrDefault(id(span), List.of());
                for (int i = below.size() - 1; i >= 0; i--) {
                    open.add(below.get(i));
                }
            }
        }

        private String id(Span span) {
            return serverHalves.get(span.spanId()) == span ? span.spanId() + SERVER_HALF : span.spanId();
        }

        /** The server's half of a shared span is below the client's; what the server called is below the server's. */
        private @Nullable String parent(Span span) {
            if (serverHalves.get(span.spanId()) == span) {
                return span.spanId();
            }
            String parent = span.parentId();
            Span half = parent == null ? null : serverHalves.get(parent);
            return half != null && half.service().equals(span.service()) ? parent + SERVER_HALF : parent;
        }

        private SpanRow row(Span span, @Nullable String parent, @Nullable String missing) {
            Map<String, String> attributes = span.attributes();
            if (missing != null) {
                attributes = new HashMap<>(attributes);
                attributes.put(MISSING_PARENT, missing);
            }
            return new SpanRow(
                    id(span),
                    parent,
                    span.service(),
                    span.name(),
                    span.kind(),
                    instant(span.startNanos()),
                    millis(span.startNanos() - start),
                    millis(span.durationNanos()),
                    span.error(),
                    span.status(),
                    attributes);
        }
    }
}
