package io.weft.sidecar.observe.send;

import io.weft.sidecar.cluster.ClusterRef;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.observe.metrics.Counter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What all senders have: a postbox and its receiver, how patiently that is borne, what was taken and given to nobody yet, and whether this is the end. Owned by the
 * postbox's loop.
 */
final class Outbox {
    final Postbox postbox;
    final ClusterRef cluster;
    final Counter delivered;
    final LoopState loop;
    final Patience patience;
    @Nullable List<byte[]> kept;
    @Nullable CompletableFuture<Void> ending;

    Outbox(String what, Postbox postbox, ClusterRef cluster, Counter delivered) {
        this.postbox = postbox;
        this.cluster = cluster;
        this.delivered = delivered;
        this.loop = LoopState.of(postbox.loop());
        this.patience = new Patience(what + " to " + cluster.name());
    }

    /** @param last what is still tried; whoever is done completes {@link #ending} */
    CompletableFuture<Void> end(Runnable last) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        boolean runs = postbox.execute(() -> {
            ending = end;
            patience.quiet();
            last.run();
        });
        return runs ? end : CompletableFuture.completedFuture(null);
    }

    boolean isEmpty() {
        return kept == null && postbox.isEmpty();
    }

    /** What is to go next; kept until somebody says that it is not. */
    List<byte[]> next(long mostBytes) {
        List<byte[]> items = kept == null ? postbox.take(mostBytes) : kept;
        kept = items;
        return items;
    }
}
