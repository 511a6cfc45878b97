package io.weft.sidecar.observe.trace;

import io.netty.util.AsciiString;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.observe.trace.TraceHeaders.Context;
import io.weft.sidecar.observe.trace.TraceHeaders.Decision;
import io.weft.sidecar.resource.TracingResource;
import io.weft.sidecar.route.Share;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Takes a request's trace up, or begins one: the first proxy decides about sampling, everyone later obeys. The head then carries this proxy's span as
 * the parent of what comes next. A request that is not sampled costs its header at most.
 */
public final class Tracer {
    private static final AsciiString X_CLIENT_TRACE_ID = AsciiString.cached("x-client-trace-id");
    private static final AsciiString X_ENVOY_FORCE_TRACE = AsciiString.cached("x-envoy-force-trace");
    private static final int MAX_STATE = 512;

    private final Share client;
    private final Share random;
    private final Share overall;

    public Tracer(TracingResource resource) {
        this.client = new Share(resource.client());
        this.random = new Share(resource.random());
        this.overall = new Share(resource.overall());
    }

    /** Null: not sampled. To be called when the head has been freed of what may not be believed. */
    public @Nullable Span begin(RequestHead head, LoopState loop) {
        boolean claimsW3c = head.contains(TraceHeaders.TRACEPARENT);
        boolean one = head.contains(TraceHeaders.B3);
        boolean several = TraceHeaders.severalB3(head);
        Context caller = claimsW3c ? TraceHeaders.w3c(head) : null;
        if (claimsW3c && caller == null) {
            TraceHeaders.forgetW3c(head);
        }
        boolean w3c = caller != null;
        if (!w3c && (one || several)) {
            caller = one ? TraceHeaders.single(head) : null;
            caller = caller == null && several ? TraceHeaders.multi(head) : caller;
            if (caller == null) {
                TraceHeaders.forgetB3(head);
                one = false;
                several = false;
            }
        }
        if (!w3c) {
            // it belongs to a traceparent, and would otherwise be taken for ours
            head.remove(TraceHeaders.TRACESTATE);
        }
        if (caller != null && caller.decision() == Decision.NO) {
            return null;
        }
        boolean sampled = caller != null && caller.decision() == Decision.YES || decide(head, loop);
        return go(head, loop, caller, w3c, sampled, one, several);
    }

    private @Nullable Span go(
            RequestHead head, LoopState loop, @Nullable Context caller, boolean w3c, boolean sampled, boolean one, boolean several) {
        boolean goesOn = caller != null && caller.named();
        long high = goesOn ? caller.high() : id(loop);
        long low = goesOn ? caller.low() : id(loop);
        long parent = goesOn ? caller.spanId() : 0;
        long span = id(loop);
        TraceHeaders.w3c(head, high, low, span, sampled);
        if (one || several) {
            TraceHeaders.b3(head, high, low, span, parent, sampled, one, several);
        }
        if (!sampled) {
            return null;
        }
        CharSequence state = w3c ? head.get(TraceHeaders.TRACESTATE) : null;
        String said = state == null || state.length() > MAX_STATE ? "" : state.toString();
        Instant now = Instant.now();
        return new Span(high, low, span, parent, said, now.getEpochSecond() * 1_000_000 + now.getNano() / 1000);
    }

    /** As Envoy: who asks for a trace and may, gets one; the others draw lots; then a cap on all of them. */
    private boolean decide(RequestHead head, LoopState loop) {
        boolean wanted = head.contains(X_CLIENT_TRACE_ID) && client.hit(loop) || head.contains(X_ENVOY_FORCE_TRACE);
        return (wanted || random.hit(loop)) && overall.hit(loop);
    }

    /** Never 0, which would be none. */
    private static long id(LoopState loop) {
        long id = loop.nextLong();
        return id == 0 ? 1 : id;
    }
}
