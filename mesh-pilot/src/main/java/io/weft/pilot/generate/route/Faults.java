package io.weft.pilot.generate.route;

import static io.weft.pilot.generate.proto.Proto.duration;
import static io.weft.pilot.generate.proto.Proto.percent;

import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.grpc.Status;
import io.weft.pilot.model.Fault;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Injected faults. A share that is not set is none: the opposite of a mirror's. */
final class Faults {

    private Faults() {}

    static Optional<HTTPFault> of(Fault fault) {
        HTTPFault.Builder built = HTTPFault.newBuilder();
        Fault.Delay delay = fault.delay();
        if (delay != null && share(delay.percentage()) > 0) {
            built.setDelay(FaultDelay.newBuilder()
                    .setFixedDelay(duration(delay.fixedDelay()))
                    .setPercentage(percent(share(delay.percentage()))));
        }
        Fault.Abort abort = fault.abort();
        if (abort != null && share(abort.percentage()) > 0) {
            FaultAbort.Builder one = FaultAbort.newBuilder().setPercentage(percent(share(abort.percentage())));
            Integer http = abort.httpStatus();
            String grpc = abort.grpcStatus();
            if (http != null) {
                one.setHttpStatus(http);
            } else if (grpc != null) {
                one.setGrpcStatus(grpcCode(grpc));
            }
            built.setAbort(one);
        }
        return built.hasDelay() || built.hasAbort() ? Optional.of(built.build()) : Optional.empty();
    }

    private static double share(@Nullable Double percentage) {
        return percentage == null ? 0 : percentage;
    }

    private static int grpcCode(String name) {
        for (Status.Code code : Status.Code.values()) {
            if (code.name().equals(name)) {
                return code.value();
            }
        }
        return Status.Code.UNKNOWN.value();
    }
}
