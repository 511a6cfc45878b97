package io.weft.sidecar.route;

import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HeaderOperations;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Compiled {@link HeaderOperations} of several levels (route, virtual host, table), in the order they act. */
public final class HeaderEdits {
    public static final HeaderEdits NONE = new HeaderEdits(List.of());

    /** How a message is framed is the codecs' business: a length that lies would let the next request be smuggled. Such operations do nothing. */
    private static final Set<String> FRAMING =
            Set.of("content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "upgrade");

    private final Step[] steps;

    private HeaderEdits(List<HeaderOperations> levels) {
        this.steps = levels.stream().map(Step::new).toArray(Step[]::new);
    }

    /** Levels in the order they act; the last one that overwrites wins. */
    public static HeaderEdits of(List<HeaderOperations> levels) {
        List<HeaderOperations> real = levels.stream().filter(level -> !level.isEmpty()).toList();
        return real.isEmpty() ? NONE : new HeaderEdits(real);
    }

    public boolean isEmpty() {
        return steps.length == 0;
    }

    public void apply(HeaderBlock block, FormatContext context) {
        for (Step step : steps) {
            step.apply(block, context);
        }
    }

    private static final class Step {
        private final AsciiString[] remove;
        private final AsciiString[] names;
        private final Formatter[] values;
        private final HeaderOperations.Add[] adds;

        private Step(HeaderOperations operations) {
            this.remove = operations.remove().stream().map(Step::name).toArray(AsciiString[]::new);
            List<HeaderOperations.Add> allowed =
                    operations.add().stream().filter(add -> !FRAMING.contains(add.name().toLowerCase(Locale.ROOT))).toList();
            this.adds = allowed.toArray(HeaderOperations.Add[]::new);
            this.names = allowed.stream().map(add -> name(add.name())).toArray(AsciiString[]::new);
            this.values = allowed.stream().map(add -> Formatter.of(add.value())).toArray(Formatter[]::new);
        }

        private static AsciiString name(String name) {
            return AsciiString.cached(name.toLowerCase(Locale.ROOT));
        }

        private void apply(HeaderBlock block, FormatContext context) {
            for (AsciiString name : remove) {
                block.remove(name);
            }
            for (int i = 0; i < adds.length; i++) {
                String value = values[i].format(context);
                if (value == null || value.isEmpty() && !adds[i].keepEmptyValue()) {
                    continue;
                }
                if (names[i].charAt(0) == ':' || names[i].contentEquals(HeaderNames.HOST)) {
                    pseudo(block, names[i], value);
                    continue;
                }
                switch (adds[i].action()) {
                    case APPEND_IF_EXISTS_OR_ADD -> block.add(names[i], value);
                    case ADD_IF_ABSENT -> {
                        if (!block.contains(names[i])) {
                            block.add(names[i], value);
                        }
                    }
                    case OVERWRITE_IF_EXISTS_OR_ADD -> block.set(names[i], value);
                    case OVERWRITE_IF_EXISTS -> {
                        if (block.contains(names[i])) {
                            block.set(names[i], value);
                        }
                    }
                }
            }
        }

        /** Only the authority may be changed this way. */
        private static void pseudo(HeaderBlock block, AsciiString name, String value) {
            if (block instanceof RequestHead head && (name.contentEquals(":authority") || name.contentEquals(HeaderNames.HOST))) {
                head.authority(value);
            }
        }
    }
}
