package io.weft.sidecar.layer;

import io.weft.sidecar.message.ResponseHead;

/** One step a request passes before it is forwarded. Compiled; shared by all requests of a route. */
public interface Layer {
    /** What becomes of the request. */
    enum Outcome {
        CONTINUE,
        /** Answered by {@link LayerContext#answer}. */
        ANSWERED,
        /** {@link LayerContext#resumeAfter} was called: the next layer comes then. */
        WAITS
    }

    Outcome onRequest(LayerContext context);

    /** Changes the response head, of the upstream's or our own. */
    default void onResponse(LayerContext context, ResponseHead head) {}
}
