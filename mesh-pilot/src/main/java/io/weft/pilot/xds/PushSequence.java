package io.weft.pilot.xds;

import io.weft.pilot.generate.GeneratedResource;
import io.weft.pilot.generate.ResourceType;
import io.weft.pilot.generate.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings a client to the newest snapshot, in an order in which nothing names what is not there.
 *
 * <p>Of each type one response is on its way at a time. Additions go CDS → EDS → LDS → RDS, each step when the one before it was answered; clusters and
 * endpoints are taken away only after listeners and routes were accepted, because until then routes may use them. Confined to its connection's loop.
 */
final class PushSequence {

    private static final List<ResourceType> USERS_OF_CLUSTERS =
            List.of(ResourceType.LISTENER, ResourceType.ROUTE, ResourceType.SPRING_ROUTE);

    private final AdsContext context;
    private final Subscriptions subscriptions;
    private final Wire wire;
    private final Runnable afterPause;
    private final RejectionPause pause;

    private boolean pausedByRejection;
    private boolean wakeScheduled;
    private long nonces;
    private @Nullable Snapshot convergedOn;

    /** @param afterPause called on the scheduler when a client that goes on rejecting has been left alone for long enough */
    PushSequence(AdsContext context, Subscriptions subscriptions, Wire wire, Runnable afterPause) {
        this.context = context;
        this.subscriptions = subscriptions;
        this.wire = wire;
        this.afterPause = afterPause;
        this.pause = new RejectionPause(
                context.properties().nackBackoffMin(), context.properties().nackBackoffMax());
    }

    /** Sends what is due now; what has to wait for an answer is due at a later call. */
    void push(Snapshot snapshot) {
        pausedByRejection = false;
        pushAdditions(snapshot);
        pushRemovals(snapshot);
        noteConvergence(snapshot);
    }

    /** What was asked for at the beginning of a pause has come; the next pause asks again. */
    void pauseIsOver() {
        wakeScheduled = false;
    }

    private void pushAdditions(Snapshot snapshot) {
        send(ResourceType.SECRET, snapshot, true);
        boolean clusters = send(ResourceType.CLUSTER, snapshot, false);
        if (!clusters) {
            return;
        }
        boolean endpoints = send(ResourceType.ENDPOINT, snapshot, false);
        if (!endpoints) {
            return;
        }
        send(ResourceType.LISTENER, snapshot, true);
        send(ResourceType.ROUTE, snapshot, true);
        send(ResourceType.SPRING_ROUTE, snapshot, true);
    }

    private void pushRemovals(Snapshot snapshot) {
        if (subscriptions.anyOutstanding()) {
            return;
        }
        boolean oldRoutesGone = USERS_OF_CLUSTERS.stream().noneMatch(type -> subscriptions.of(type).rejected());
        if (oldRoutesGone && !pausedByRejection) {
            send(ResourceType.CLUSTER, snapshot, true);
            send(ResourceType.ENDPOINT, snapshot, true);
        }
    }

    /** Sends what is due of one type. Says whether the client has, and has answered, all of it. */
    private boolean send(ResourceType type, Snapshot snapshot, boolean mayRemove) {
        TypeSubscription subscription = subscriptions.of(type);
        if (!subscription.begun()) {
            return true;
        }
        if (subscription.outstanding()) {
            return false;
        }
        Changes changes = subscription.changes(snapshot.of(type), mayRemove);
        if (!changes.needed()) {
            return true;
        }
        if (backsOff(subscription)) {
            pausedByRejection = true;
            return true;
        }
        long begin = System.nanoTime();
        String nonce = type.shortName() + "-" + ++nonces;
        if (type == ResourceType.CLUSTER) {
            // A changed cluster warms up again and waits for its endpoints, without asking for them (Envoy keeps the subscription).
            subscriptions.of(ResourceType.ENDPOINT).forget(changedNames(subscription, changes));
        }
        subscription.sent(changes, nonce, snapshot.version(type), context.clock().instant());
        wire.send(type, nonce, snapshot.version(type), changes);
        context.metrics().pushed(type, System.nanoTime() - begin);
        return false;
    }

    private static List<String> changedNames(TypeSubscription subscription, Changes changes) {
        return changes.resources().stream()
                .filter(subscription::isNews)
                .map(GeneratedResource::name)
                .toList();
    }

    private boolean backsOff(TypeSubscription subscription) {
        Duration left = pause.left(subscription.rejections(), subscription.rejectedAt(), context.clock().instant());
        if (left.isZero()) {
            return false;
        }
        if (!wakeScheduled) {
            // One at a time: every request looks here again, and a client sends as many as it likes.
            wakeScheduled = true;
            context.scheduler().schedule(afterPause, left.toMillis() + 1, TimeUnit.MILLISECONDS);
        }
        return true;
    }

    private void noteConvergence(Snapshot snapshot) {
        if (snapshot == convergedOn || subscriptions.anyOutstanding()) {
            return;
        }
        convergedOn = snapshot;
        context.metrics().converged(snapshot.meshVersion());
    }
}
