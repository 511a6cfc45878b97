package io.weft.sidecar.resource;

import java.util.List;
import java.util.Set;

/** Which entries an access log takes: Envoy's {@code AccessLogFilter}. */
public sealed interface LogFilter {

    /** How a number is compared. */
    enum Comparison {
        EQ,
        GE,
        LE;

        public boolean holds(long left, long right) {
            return switch (this) {
                case EQ -> left == right;
                case GE -> left >= right;
                case LE -> left <= right;
            };
        }
    }

    /** The status that was sent; 0 when none was. */
    record Status(Comparison comparison, long value) implements LogFilter {}

    /** Milliseconds. */
    record Took(Comparison comparison, long value) implements LogFilter {}

    /** Any of these response flags; empty: any flag at all. */
    record Flags(Set<String> flags) implements LogFilter {
        public Flags {
            flags = Set.copyOf(flags);
        }
    }

    /** One of these gRPC statuses, or, excluded, none of them. */
    record GrpcStatus(Set<Integer> statuses, boolean exclude) implements LogFilter {
        public GrpcStatus {
            statuses = Set.copyOf(statuses);
        }
    }

    /** A header of the request. */
    record Header(HeaderMatch match) implements LogFilter {}

    /** Whatever is no health check: nothing that comes through a listener is one here. */
    record NotHealthCheck() implements LogFilter {}

    /** All of them. */
    record And(List<LogFilter> filters) implements LogFilter {
        public And {
            filters = List.copyOf(filters);
        }
    }

    /** At least one of them. */
    record Or(List<LogFilter> filters) implements LogFilter {
        public Or {
            filters = List.copyOf(filters);
        }
    }
}
