package io.weft.pilot.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.weft.pilot.generate.GeneratedResource;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.ResourceType;
import io.weft.pilot.generate.Snapshot;
import io.weft.pilot.generate.WorkloadIdentity;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.registry.spring.KnownGateway;
import io.weft.pilot.registry.spring.SpringCatalog;
import io.weft.pilot.registry.workload.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One ADS stream: subscriptions, versions and the order of changes.
 *
 * <p>Everything happens on the connection's own sequential loop. A push compares the newest snapshot with what the client holds, so a slow client gets
 * the newest and not a queue; of each type one response is on its way at a time. Additions go CDS → EDS → LDS → RDS, each step when the one
 * before it was answered; clusters and endpoints are taken away only after listeners and routes were accepted, because until then routes may use them.
 */
final class AdsConnection {

    private static final Logger log = LoggerFactory.getLogger(AdsConnection.class);
    private static final String HEALTH_TYPE = "type.googleapis.com/istio.v1.HealthInformation";

    private static final List<ResourceType> USERS_OF_CLUSTERS =
            List.of(ResourceType.LISTENER, ResourceType.ROUTE, ResourceType.SPRING_ROUTE);

    private final AdsContext context;
    private final Executor loop;
    private final Wire wire;
    private final boolean delta;
    private final Caller caller;
    private final Instant connectedAt;
    private final Map<ResourceType, TypeSubscription> subscriptions = new EnumMap<>(ResourceType.class);
    private final AtomicBoolean pushQueued = new AtomicBoolean();
    private final RejectionPause pause;

    /** Of the node the id only: what else it says is in the proxy, and it may be large. */
    private @Nullable String nodeId;
    private @Nullable Proxy proxy;
    private @Nullable Registration registration;
    private @Nullable BoundPod pod;
    private Runnable gatewayGone = () -> {};
    private String health = "";
    private boolean ended;
    private boolean pausedByRejection;
    private boolean wakeScheduled;
    private long nonces;
    private @Nullable Snapshot convergedOn;
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
        this.pause = new RejectionPause(
                context.properties().nackBackoffMin(), context.properties().nackBackoffMax());
        for (ResourceType type : ResourceType.values()) {
            subscriptions.put(type, new TypeSubscription(type, delta, context.properties().maxNames()));
        }
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
            wakeScheduled = false;
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
            if (nodeId == null) {
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
        if (nodeId == null) {
            greet(request);
        }
        if (request.typeUrl().equals(HEALTH_TYPE)) {
            reportHealth(request);
            return;
        }
        ResourceType type = ResourceType.ofTypeUrl(request.typeUrl());
        if (type == null) {
            log.debug("{} asks for {}, which mesh-pilot does not serve", who(), request.typeUrl());
            return;
        }
        TypeSubscription subscription = subscription(type);
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

    private void greet(AdsRequest request) {
        Node first = request.node();
        if (first == null) {
            throw new AdsRefused(Status.Code.INVALID_ARGUMENT, "node: missing (expected: in the first request of a stream)");
        }
        NodeReader.Reading reading = context.nodes().read(first, caller.identity());
        registration = reading.registration();
        metrics = reading.metrics();
        proxy = reading.proxy();
        pod = reading.pod();
        nodeId = first.getId();
        gatewayGone = announce(reading.proxy());
        context.metrics().connected();
        endAtExpiry();
        log.info("{} connected from {} ({})", who(), caller.address(), delta ? "delta" : "state of the world");
    }

    /** A gateway that takes SpringRoutes: from now on they are checked against what it has. */
    private Runnable announce(Proxy known) {
        SpringCatalog catalog = known.spring();
        if (catalog == null || !known.extensions().contains(SpringRoute.EXTENSION)) {
            return () -> {};
        }
        return context.gateways()
                .connected(new KnownGateway(known.namespace(), known.workload(), known.isGateway(), known.labels(), catalog));
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

    private void reportHealth(AdsRequest request) {
        String problem = request.error();
        health = problem == null ? "healthy" : "unhealthy: " + problem;
        Registration held = registration;
        if (held != null) {
            held.health(problem == null, problem);
        }
        publishStatus();
    }

    private void push() {
        Proxy target = proxyNow();
        if (target == null || !wire.isReady()) {
            return;
        }
        Snapshot snapshot = context.feed().snapshot(target);
        if (snapshot == null) {
            return;
        }
        pausedByRejection = false;
        pushAdditions(snapshot);
        pushRemovals(snapshot);
        noteConvergence(snapshot);
        publishStatus();
    }

    private @Nullable Proxy proxyNow() {
        Proxy known = proxy;
        BoundPod bound = pod;
        if (known == null || bound == null) {
            return known;
        }
        Proxy now = bound.current(known);
        if (!now.equals(known)) {
            context.feed().forget(known);
            proxy = now;
        }
        return now;
    }

    private void pushAdditions(Snapshot snapshot) {
        send(subscription(ResourceType.SECRET), snapshot, true);
        boolean clusters = send(subscription(ResourceType.CLUSTER), snapshot, false);
        if (!clusters) {
            return;
        }
        boolean endpoints = send(subscription(ResourceType.ENDPOINT), snapshot, false);
        if (!endpoints) {
            return;
        }
        send(subscription(ResourceType.LISTENER), snapshot, true);
        send(subscription(ResourceType.ROUTE), snapshot, true);
        send(subscription(ResourceType.SPRING_ROUTE), snapshot, true);
    }

    private void pushRemovals(Snapshot snapshot) {
        for (ResourceType type : ResourceType.values()) {
            if (subscription(type).outstanding()) {
                return;
            }
        }
        boolean oldRoutesGone = USERS_OF_CLUSTERS.stream().noneMatch(type -> subscription(type).rejected());
        if (oldRoutesGone && !pausedByRejection) {
            send(subscription(ResourceType.CLUSTER), snapshot, true);
            send(subscription(ResourceType.ENDPOINT), snapshot, true);
        }
    }

    /** Sends what is due of one type. Says whether the client has, and has answered, all of it. */
    private boolean send(TypeSubscription subscription, Snapshot snapshot, boolean mayRemove) {
        if (!subscription.begun()) {
            return true;
        }
        if (subscription.outstanding()) {
            return false;
        }
        Changes changes = subscription.changes(snapshot.of(subscription.type()), mayRemove);
        if (!changes.needed()) {
            return true;
        }
        if (backsOff(subscription)) {
            pausedByRejection = true;
            return true;
        }
        long begin = System.nanoTime();
        ResourceType type = subscription.type();
        String nonce = type.shortName() + "-" + ++nonces;
        if (type == ResourceType.CLUSTER) {
            // A changed cluster warms up again and waits for its endpoints, without asking for them (Envoy keeps the subscription).
            subscription(ResourceType.ENDPOINT)
                    .forget(changedNames(subscription, changes));
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
            context.scheduler().schedule(this::wakeAfterPause, left.toMillis() + 1, TimeUnit.MILLISECONDS);
        }
        return true;
    }

    private void noteConvergence(Snapshot snapshot) {
        if (snapshot == convergedOn) {
            return;
        }
        for (TypeSubscription subscription : subscriptions.values()) {
            if (subscription.outstanding()) {
                return;
            }
        }
        convergedOn = snapshot;
        context.metrics().converged(snapshot.meshVersion());
    }

    private void publishStatus() {
        String known = nodeId;
        Proxy served = proxy;
        if (known == null || served == null) {
            return;
        }
        Registration held = registration;
        WorkloadIdentity identity = caller.identity();
        status = new ProxyStatus(
                known,
                identity == null ? null : identity.uri(),
                caller.expires(),
                served.isGateway() ? "router" : "sidecar",
                served.namespace(),
                served.workload(),
                connectedAt,
                caller.address(),
                delta ? "delta" : "sotw",
                held == null ? null : held.entry(),
                health.isEmpty() ? null : health,
                subscriptions.values().stream()
                        .filter(TypeSubscription::begun)
                        .map(TypeSubscription::status)
                        .toList());
    }

    private TypeSubscription subscription(ResourceType type) {
        TypeSubscription found = subscriptions.get(type);
        if (found == null) {
            throw new IllegalStateException("no subscription of " + type);
        }
        return found;
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
        if (nodeId != null) {
            context.metrics().disconnected();
            log.info("{} disconnected", who());
        }
        Registration held = registration;
        if (held != null) {
            held.release();
        }
        gatewayGone.run();
        Proxy served = proxy;
        if (served != null) {
            context.feed().forget(served);
        }
        context.connections().remove(this);
    }

    private String who() {
        String known = nodeId;
        return known == null ? caller.address() : known;
    }
}
