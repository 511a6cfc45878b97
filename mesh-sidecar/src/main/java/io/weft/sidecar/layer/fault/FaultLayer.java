package io.weft.sidecar.layer.fault;

import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.LayerContext;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.resource.FaultResource;
import io.weft.sidecar.route.HeaderMatcher;
import io.weft.sidecar.route.Share;
import org.jspecify.annotations.Nullable;

/** Delays and aborts on purpose. Stands behind authorization: a fault is not a way to learn what one may not ask. */
public final class FaultLayer implements Layer {
    private final HeaderMatcher[] headers;
    private final @Nullable Share delayShare;
    private final long delayMillis;
    private final @Nullable Share abortShare;
    private final int httpStatus;
    private final int grpcStatus;

    private FaultLayer(FaultResource fault) {
        this.headers = HeaderMatcher.all(fault.headers()).toArray(HeaderMatcher[]::new);
        FaultResource.Delay delay = fault.delay();
        this.delayShare = delay == null ? null : new Share(delay.percent());
        this.delayMillis = delay == null ? 0 : delay.duration().toMillis();
        FaultResource.Abort abort = fault.abort();
        this.abortShare = abort == null ? null : new Share(abort.percent());
        this.httpStatus = abort == null ? 0 : abort.httpStatus();
        this.grpcStatus = abort == null ? 0 : abort.grpcStatus();
    }

    /** Null: no fault is configured. */
    public static @Nullable FaultLayer of(FaultResource fault) {
        return fault.delay() == null && fault.abort() == null ? null : new FaultLayer(fault);
    }

    /** Called again when the delay is over: then only the abort is left to decide. */
    @Override
    public Outcome onRequest(LayerContext context) {
        if (!HeaderMatcher.allMatch(headers, context.requestHead())) {
            return Outcome.CONTINUE;
        }
        Share delay = delayShare;
        if (delay != null && context.recall(this) == null && delay.hit(context.loop())) {
            context.remember(this, Boolean.TRUE);
            context.resumeAfter(delayMillis, ResponseFlag.DI);
            return Outcome.WAITS;
        }
        Share abort = abortShare;
        if (abort == null || !abort.hit(context.loop())) {
            return Outcome.CONTINUE;
        }
        if (httpStatus == 0) {
            context.answerGrpc(grpcStatus, "fault filter abort", ResponseFlag.FI, "fault_filter_abort");
        } else {
            context.answer(httpStatus, "fault filter abort", ResponseFlag.FI, "fault_filter_abort");
        }
        return Outcome.ANSWERED;
    }
}
