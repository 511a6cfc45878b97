package io.weft.pilot.model;

import java.util.ArrayList;
import java.util.List;

/** Which requests are written to an access log: what Envoy's access log filters can say. */
public sealed interface LogFilter {

    /** How a status is compared. */
    enum Comparison {
        EQUAL,
        AT_LEAST,
        AT_MOST
    }

    /** How a header is compared; what a missing one is compared with is never true. */
    enum HeaderMatch {
        PRESENT,
        EXACT,
        PREFIX,
        SUFFIX,
        CONTAINS,
        REGEX
    }

    /** The opposite. */
    LogFilter negated();

    /** @param filters at least two */
    record All(List<LogFilter> filters) implements LogFilter {

        public All {
            filters = List.copyOf(filters);
        }

        @Override
        public LogFilter negated() {
            return new Any(filters.stream().map(LogFilter::negated).toList());
        }
    }

    /** @param filters at least two */
    record Any(List<LogFilter> filters) implements LogFilter {

        public Any {
            filters = List.copyOf(filters);
        }

        @Override
        public LogFilter negated() {
            return new All(filters.stream().map(LogFilter::negated).toList());
        }
    }

    /** The response's status; 0 when there was no response. */
    record Code(Comparison comparison, int value) implements LogFilter {

        public Code {
            if (value < 0) {
                throw new IllegalArgumentException("a status below 0 is never there");
            }
        }

        @Override
        public LogFilter negated() {
            return switch (comparison) {
                case AT_LEAST -> new Code(Comparison.AT_MOST, value - 1);
                case AT_MOST -> new Code(Comparison.AT_LEAST, value + 1);
                case EQUAL -> {
                    List<LogFilter> others = new ArrayList<>();
                    if (value > 0) {
                        others.add(new Code(Comparison.AT_MOST, value - 1));
                    }
                    others.add(new Code(Comparison.AT_LEAST, value + 1));
                    yield others.size() == 1 ? others.get(0) : new Any(others);
                }
            };
        }
    }

    /** A request's header, or {@code :method}, {@code :path}, {@code :authority}. */
    record Header(String name, HeaderMatch match, String value, boolean inverted) implements LogFilter {

        @Override
        public LogFilter negated() {
            return new Header(name, match, value, !inverted);
        }
    }

    /** Whether there is any response flag. */
    record Flagged() implements LogFilter {

        @Override
        public LogFilter negated() {
            throw new IllegalArgumentException("no proxy can be told to log what has no response flag");
        }
    }
}
