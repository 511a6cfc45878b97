package io.weft.pilot.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.ResourceType;
import io.weft.pilot.generate.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ADS stream: who is there, what it says, and when it ends.
 *
 * <p>Everything happens on the connection's own sequential loop. A push compares the newest snapshot with what the client holds, so a slow client gets
 * the newest and not a queue.
 */
final class AdsConnection {

    private static final Logger log = LoggerFactory.getLogger(AdsConnection.class);
    private static final String HEALTH_TYPE = "type.googleapis.com/istio.v1.HealthInformation";

    private final AdsContext context;
    private final Executor loop;
    private final Wire wire;
    private final boolean delta;
    private final Caller caller;
    private final Instant connectedAt;
    private final Subscriptions subscriptions;
    private final PushSequence sequence;
    private final AtomicBoolean pushQueued = new AtomicBoolean();

    private @Nullable ConnectedProxy proxy;
    private boolean ended;
    private @Nullable ScheduledFuture<?> expiry;
    private volatile @Nullable MetricsTarget metrics;
    private volatile @Nullable ProxyStatus status;

    AdsConnection(AdsContext context, Executor loop, Wire wire, boolean delta, Caller caller) {
        this.context = context;
        this.loop = loop;
        this.wire = wire;
        this.delta = delta;
        this.caller = caller;
        this.connectedAt = context.clock().instant();
        this.subscriptions = new Subscriptions(delta, context.properties().maxNames());
        this.sequence = new PushSequence(context, subscriptions, wire, this::wakeAfterPause);
    }

    // called from outside: hops onto the loop

    void received(AdsRequest request, Runnable done) {
        loop.execute(() -> {
            guarded(() -> handle(request));
            done.run();
        });
    }

    /** There is a newer state, or the client takes more: looks again soon. Calls in between are one. */
    void wake() {
        if (pushQueued.compareAndSet(false, true)) {
            loop.execute(() -> {
                pushQueued.set(false);
                guarded(this::push);
            });
        }
    }

    private void wakeAfterPause() {
        loop.execute(() -> {
            sequence.pauseIsOver();
            guarded(this::push);
        });
    }

    void closed() {
        loop.execute(this::release);
    }

    void end(Status status) {
        loop.execute(() -> endNow(status));
    }

    void endIfSilent() {
        loop.execute(() -> {
            if (proxy == null) {
                endNow(Status.DEADLINE_EXCEEDED.withDescription(
                        "no request within " + context.properties().firstRequest().toMillis() + " ms"));
            }
        });
    }

    /** What is known of the proxy; null before its first request. */
    @Nullable ProxyStatus status() {
        return status;
    }

    /** Where its metrics are; null when it does not say, or before its first request. */
    @Nullable MetricsTarget metrics() {
        return metrics;
    }

    // on the loop

    private void guarded(Runnable step) {
        if (ended) {
            return;
        }
        try {
            step.run();
        } catch (AdsRefused refused) {
            log.info("ADS stream of {} refused: {}", who(), refused.getMessage());
            endNow(refused.status());
        } catch (RuntimeException e) {
            log.error("ADS stream of {} failed", who(), e);
            endNow(Status.INTERNAL.withDescription("mesh-pilot failed on this stream; its log says why"));
        }
    }

    private void handle(AdsRequest request) {
        ConnectedProxy known = proxy;
        if (known == null) {
            known = greet(request);
        }
        if (request.typeUrl().equals(HEALTH_TYPE)) {
            known.health(request.error());
            publishStatus(known);
            return;
        }
        ResourceType type = ResourceType.ofTypeUrl(request.typeUrl());
        if (type == null) {
            log.debug("{} asks for {}, which mesh-pilot does not serve", who(), request.typeUrl());
            return;
        }
        TypeSubscription subscription = subscriptions.of(type);
        boolean answer = !request.nonce().isEmpty();
        boolean current = answer && subscription.answered(request.nonce(), request.error(), context.clock().instant());
        if (current && request.error() != null) {
            context.metrics().rejected(type);
            log.warn("{} rejected {}: {}", who(), type.shortName(), subscription.status().nack());
        }
        // A state-of-the-world request that answers an older response says nothing new: the answer to the latest follows.
        if (delta || !answer || current) {
            subscription.request(request);
        }
        push();
    }

    private ConnectedProxy greet(AdsRequest request) {
        Node first = request.node();
        if (first == null) {
            throw new AdsRefused(Status.Code.INVALID_ARGUMENT, "node: missing (expected: in the first request of a stream)");
        }
        NodeReader.Reading reading = context.nodes().read(first, caller.identity());
        metrics = reading.metrics();
        ConnectedProxy known = new ConnectedProxy(first.getId(), reading);
        proxy = known;
        known.announceTo(context.gateways());
        context.metrics().connected();
        endAtExpiry();
        log.info("{} connected from {} ({})", who(), caller.address(), delta ? "delta" : "state of the world");
        return known;
    }

    /** What a certificate gave its holder ends with it: whoever was not renewed is nobody then. */
    private void endAtExpiry() {
        Instant expires = caller.expires();
        if (expires == null) {
            return;
        }
        long left = Math.max(0, Duration.between(context.clock().instant(), expires).toMillis());
        expiry = context.scheduler()
                .schedule(
                        () -> {
                            end(Status.UNAVAILABLE.withDescription(
                                    "certificate expired at " + expires + "; connect again with a newer one"));
                            caller.hangUp().run();
                        },
                        left,
                        TimeUnit.MILLISECONDS);
    }

    private void push() {
        ConnectedProxy known = proxy;
        if (known == null) {
            return;
        }
        Proxy target = known.current(context.feed());
        if (!wire.isReady()) {
            return;
        }
        Snapshot snapshot = context.feed().snapshot(target);
        if (snapshot == null) {
            return;
        }
        sequence.push(snapshot);
        publishStatus(known);
    }

    private void publishStatus(ConnectedProxy known) {
        status = known.status(caller, connectedAt, delta, subscriptions.statuses());
    }

    private void endNow(Status reason) {
        if (ended) {
            return;
        }
        wire.end(reason);
        release();
    }

    private void release() {
        if (ended) {
            return;
        }
        ended = true;
        if (expiry != null) {
            expiry.cancel(false);
        }
        if (proxy != null) {
            context.metrics().disconnected();
            log.info("{} disconnected", who());
            proxy.release(context.feed());
        }
        context.connections().remove(this);
    }

    private String who() {
        return proxy == null ? caller.address() : proxy.nodeId();
    }
}
