package io.weft.pilot.validate;

import io.weft.pilot.model.CorsPolicy;
import io.weft.pilot.model.Fault;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rules of faults and of cross-origin policies. */
final class FaultRules {

    private static final Set<String> GRPC_STATUS = Set.of(
            "OK",
            "CANCELLED",
            "UNKNOWN",
            "INVALID_ARGUMENT",
            "DEADLINE_EXCEEDED",
            "NOT_FOUND",
            "ALREADY_EXISTS",
            "PERMISSION_DENIED",
            "RESOURCE_EXHAUSTED",
            "FAILED_PRECONDITION",
            "ABORTED",
            "OUT_OF_RANGE",
            "UNIMPLEMENTED",
            "INTERNAL",
            "UNAVAILABLE",
            "DATA_LOSS",
            "UNAUTHENTICATED");

    private FaultRules() {}

    static void fault(String path, @Nullable Fault fault, Check check) {
        if (fault == null) {
            return;
        }
        Fault.Delay delay = fault.delay();
        Fault.Abort abort = fault.abort();
        if (delay == null && abort == null) {
            check.missing(path, "delay or abort");
        }
        if (delay != null) {
            check.duration(path + ".delay.fixedDelay", delay.fixedDelay());
            check.percent(path + ".delay.percentage.value", delay.percentage());
        }
        if (abort != null) {
            abort(path + ".abort", abort, check);
        }
    }

    private static void abort(String path, Fault.Abort abort, Check check) {
        String grpc = abort.grpcStatus();
        if ((abort.httpStatus() == null) == (grpc == null)) {
            check.fail(path, "expected exactly one of httpStatus and grpcStatus");
        }
        check.range(path + ".httpStatus", abort.httpStatus(), 200, 599);
        if (grpc != null && !GRPC_STATUS.contains(grpc)) {
            check.expected(path + ".grpcStatus", grpc, "a gRPC status such as UNAVAILABLE");
        }
        check.percent(path + ".percentage.value", abort.percentage());
    }

    static void cors(String path, @Nullable CorsPolicy cors, Check check) {
        if (cors == null) {
            return;
        }
        for (int i = 0; i < cors.allowOrigins().size(); i++) {
            check.filledMatch(path + ".allowOrigins[" + i + "]", cors.allowOrigins().get(i));
        }
        for (int i = 0; i < cors.allowMethods().size(); i++) {
            String method = cors.allowMethods().get(i);
            if (!Check.isToken(method)) {
                check.expected(path + ".allowMethods[" + i + "]", method, "an HTTP method");
            }
        }
        for (int i = 0; i < cors.allowHeaders().size(); i++) {
            check.headerName(path + ".allowHeaders[" + i + "]", cors.allowHeaders().get(i));
        }
        for (int i = 0; i < cors.exposeHeaders().size(); i++) {
            check.headerName(path + ".exposeHeaders[" + i + "]", cors.exposeHeaders().get(i));
        }
        check.notNegative(path + ".maxAge", cors.maxAge());
        if (cors.maxAge() != null && cors.maxAge().getNano() != 0) {
            check.expected(path + ".maxAge", cors.maxAge().toMillis() + "ms", "whole seconds");
        }
    }
}
