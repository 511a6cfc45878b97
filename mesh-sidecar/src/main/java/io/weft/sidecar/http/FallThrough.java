package io.weft.sidecar.http;

import io.weft.sidecar.message.RequestHead;

/** Who stands behind the engine and gets what no route of the mesh claims: Spring Cloud Gateway in mesh-gateway. */
public interface FallThrough {
    /**
     * Whether it is asked for this request before the mesh's routes are. What it then does not want it gives back by {@link Onward#resume}. Asked on
     * the event loop, once the path is normalised; policy comes after it, as always.
     */
    boolean wantsFirst(RequestHead head);
}
