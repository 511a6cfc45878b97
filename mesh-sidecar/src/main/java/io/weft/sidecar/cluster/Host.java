package io.weft.sidecar.cluster;

import io.netty.util.NetUtil;
import io.weft.sidecar.cluster.outlier.OutlierState;
import io.weft.sidecar.cluster.pool.HostPool;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.EndpointsResource;
import java.net.InetSocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** One endpoint after resolution, with what the balancer, the breakers and the outlier detector know about it. Thread-safe. */
public final class Host implements EndpointView {
    private final InetSocketAddress address;
    private final String text;
    private final AtomicInteger activeRequests = new AtomicInteger();
    private final AtomicInteger activeConnections = new AtomicInteger();
    private final LongAdder requests = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final OutlierState outlier = new OutlierState();
    private final ConcurrentHashMap<LoopState, HostPool> http1Pools = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<LoopState, HostPool> http2Pools = new ConcurrentHashMap<>();
    private volatile EndpointsResource.Endpoint resource;
    private volatile int priority;
    private volatile boolean activelyHealthy = true;
    private volatile long warmingSince = System.nanoTime();
    private volatile Runnable healthChanged = () -> {};
    private volatile boolean retired;

    public Host(EndpointsResource.Endpoint resource, InetSocketAddress address, int priority) {
        this.resource = resource;
        this.address = address;
        this.priority = priority;
        this.text = address.isUnresolved()
                ? resource.address().toString()
                : NetUtil.toSocketAddressString(address);
    }

    /** The same endpoint, said anew: state and connections stay. */
    void update(EndpointsResource.Endpoint said, int newPriority) {
        resource = said;
        priority = newPriority;
    }

    void onHealthChange(Runnable listener) {
        healthChanged = listener;
    }

    @Override
    public EndpointsResource.Endpoint resource() {
        return resource;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public int priority() {
        return priority;
    }

    @Override
    public boolean healthy() {
        return !outlier.ejected() && activelyHealthy && saidHealthy();
    }

    private boolean saidHealthy() {
        return switch (resource.health()) {
            case UNKNOWN, HEALTHY, DEGRADED -> true;
            case UNHEALTHY, DRAINING, TIMEOUT -> false;
        };
    }

    @Override
    public void activeHealth(boolean healthy) {
        if (activelyHealthy != healthy) {
            if (healthy) {
                warmingSince = System.nanoTime();
            }
            activelyHealthy = healthy;
            healthChanged.run();
        }
    }

    @Override
    public boolean activelyHealthy() {
        return activelyHealthy;
    }

    /** When this host was new, or passed its checks again, in {@link System#nanoTime}'s time: a slow start counts from there. */
    public long warmingSince() {
        return warmingSince;
    }

    @Override
    public boolean ejected() {
        return outlier.ejected();
    }

    /** For the outlier detector. */
    public OutlierState outlier() {
        return outlier;
    }

    @Override
    public int activeRequests() {
        return activeRequests.get();
    }

    @Override
    public int activeConnections() {
        return activeConnections.get();
    }

    @Override
    public long requests() {
        return requests.sum();
    }

    @Override
    public long errors() {
        return errors.sum();
    }

    /** A request was given to this host; {@link #requestEnded} follows. */
    public void requestStarted() {
        activeRequests.getAndIncrement();
        requests.increment();
    }

    public void requestEnded(boolean error) {
        activeRequests.getAndDecrement();
        if (error) {
            errors.increment();
        }
    }

    /** A connection was opened (1) or is gone (-1). */
    public void connections(int change) {
        activeConnections.getAndAdd(change);
    }

    /** {@code ip:port}. */
    public String text() {
        return text;
    }

    int weight() {
        return resource.weight();
    }

    /** The pool of one event loop. */
    HostPool pool(LoopState loop, boolean http2, Function<LoopState, HostPool> maker) {
        ConcurrentHashMap<LoopState, HostPool> pools = http2 ? http2Pools : http1Pools;
        HostPool pool = pools.get(loop);
        if (pool != null) {
            return pool;
        }
        HostPool made = pools.computeIfAbsent(loop, maker);
        // a request that chose this host just before it went: its connection must not outlive it
        if (retired) {
            made.retire();
        }
        return made;
    }

    /** Gone from its cluster: no new requests come, idle connections close, busy ones when they are done. */
    public void retire() {
        retired = true;
        http1Pools.values().forEach(HostPool::retire);
        http2Pools.values().forEach(HostPool::retire);
    }

    @Override
    public String toString() {
        return text;
    }
}
