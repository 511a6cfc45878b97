package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.balance.BalanceInput;
import io.weft.sidecar.message.RequestHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The copies of one request. */
final class Mirrors {
    private final List<MirrorStream> copies = new ArrayList<>(1);

    private Mirrors() {}

    /** Starts those whose share it hits; null: none. */
    static @Nullable Mirrors of(ForwardPlan to, RequestHead head, BalanceInput original, boolean end) {
        Mirrors started = null;
        for (ForwardPlan.Mirror mirror : to.mirrors) {
            Cluster copyTo = mirror.ref().get();
            if (copyTo != null && mirror.share().hit(original.loop())) {
                if (started == null) {
                    started = new Mirrors();
                }
                MirrorStream copy = new MirrorStream(copyTo, head, mirror.shadowSuffix(), original, to.timeoutMillis);
                started.copies.add(copy);
                copy.start(end);
            }
        }
        return started;
    }

    /** The buffer stays the caller's. */
    void data(ByteBuf data, boolean end) {
        for (MirrorStream copy : copies) {
            copy.data(data.retainedDuplicate(), end);
        }
    }

    /** By trailers, which are not copied. */
    void requestEnded() {
        for (MirrorStream copy : copies) {
            copy.data(Unpooled.EMPTY_BUFFER, true);
        }
    }

    void exchangeEnded(boolean requestComplete) {
        for (MirrorStream copy : copies) {
            copy.exchangeEnded(requestComplete);
        }
    }
}
