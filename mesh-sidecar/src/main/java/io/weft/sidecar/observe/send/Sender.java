package io.weft.sidecar.observe.send;

import java.util.concurrent.CompletableFuture;

/** Takes observations out of a {@link Postbox} to whoever wants them. */
public interface Sender {
    /** Sends what is there, ends, and says nothing of failures any more; done when that is over, one way or the other. Any thread. */
    CompletableFuture<Void> end();
}
