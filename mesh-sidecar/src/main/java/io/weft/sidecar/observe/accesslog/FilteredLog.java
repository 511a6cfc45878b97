package io.weft.sidecar.observe.accesslog;

import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.LogFilter;
import io.weft.sidecar.route.HeaderMatcher;
import io.weft.sidecar.tcp.TcpLog;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An access log that takes only what its filter lets through. */
public final class FilteredLog implements AccessLog {
    private final AccessLog log;
    private final Predicate<Subject> filter;

    private FilteredLog(AccessLog log, Predicate<Subject> filter) {
        this.log = log;
        this.filter = filter;
    }

    /** @param filter null: everything */
    public static AccessLog of(AccessLog log, @Nullable LogFilter filter) {
        return filter == null ? log : new FilteredLog(log, compile(filter));
    }

    /** What filters look at. A connection has no status and no head. */
    private record Subject(int status, long nanos, String flags, int grpcStatus, @Nullable RequestHead head) {}

    @Override
    public void onEnd(RequestLog request) {
        if (filter.test(new Subject(request.status(), request.durationNanos(), request.flags(), request.grpcStatus(), request.request()))) {
            log.onEnd(request);
        }
    }

    @Override
    public void onEnd(TcpLog connection) {
        if (filter.test(new Subject(0, connection.durationNanos(), connection.flags(), -1, null))) {
            log.onEnd(connection);
        }
    }

    private static Predicate<Subject> compile(LogFilter filter) {
        if (filter instanceof LogFilter.Status status) {
            return subject -> status.comparison().holds(subject.status(), status.value());
        }
        if (filter instanceof LogFilter.Took took) {
            return subject -> took.comparison().holds(subject.nanos() / 1_000_000, took.value());
        }
        if (filter instanceof LogFilter.Flags flags) {
            return subject -> flagged(subject.flags(), flags);
        }
        if (filter instanceof LogFilter.GrpcStatus grpc) {
            return subject -> grpc.statuses().contains(Math.max(0, subject.grpcStatus())) != grpc.exclude();
        }
        if (filter instanceof LogFilter.Header header) {
            HeaderMatcher matcher = HeaderMatcher.of(header.match());
            return subject -> subject.head() != null && matcher.matches(subject.head());
        }
        if (filter instanceof LogFilter.And and) {
            List<Predicate<Subject>> all = and.filters().stream().map(FilteredLog::compile).toList();
            return subject -> all.stream().allMatch(one -> one.test(subject));
        }
        if (filter instanceof LogFilter.Or or) {
            List<Predicate<Subject>> any = or.filters().stream().map(FilteredLog::compile).toList();
            return subject -> any.stream().anyMatch(one -> one.test(subject));
        }
        return subject -> true;
    }

    private static boolean flagged(String flags, LogFilter.Flags wanted) {
        if (flags.equals("-")) {
            return false;
        }
        if (wanted.flags().isEmpty()) {
            return true;
        }
        for (String flag : flags.split(",")) {
            if (wanted.flags().contains(flag)) {
                return true;
            }
        }
        return false;
    }
}
