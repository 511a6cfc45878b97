package io.weft.sidecar.cluster.health;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One kind of question to an endpoint. */
interface Probe {

    /** Asks once. The answer comes on the event loop, exactly once, within the time-out: null is well, else what is wrong. */
    void ask(InetSocketAddress address, Duration timeout, Answer answer);

    /** Takes the result. */
    interface Answer {
        void done(@Nullable String problem);
    }
}
