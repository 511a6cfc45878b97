package io.weft.pilot.xds;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.weft.pilot.generate.ResourceType;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The control plane's own metrics, under the reference mesh's names. */
final class XdsMetrics {

    private final AtomicInteger connected = new AtomicInteger();
    private final Map<ResourceType, Counter> pushes = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Counter> rejects = new EnumMap<>(ResourceType.class);
    private final Timer pushTime;
    private final Timer convergence;
    private volatile long announcedVersion = -1;
    private volatile long announcedAt;

    XdsMetrics(MeterRegistry registry) {
        registry.gauge("pilot_xds", connected);
        for (ResourceType type : ResourceType.values()) {
            pushes.put(type, Counter.builder("pilot_xds_pushes").tag("type", type.shortName()).register(registry));
            rejects.put(type, Counter.builder("pilot_xds_" + type.shortName() + "_reject").register(registry));
        }
        pushTime = Timer.builder("pilot_xds_push_time")
                .description("Time to send one response")
                .register(registry);
        convergence = Timer.builder("pilot_proxy_convergence_time")
                .description("From a new state of the mesh to the moment a proxy has answered all of it")
                .register(registry);
    }

    void connected() {
        connected.incrementAndGet();
    }

    void disconnected() {
        connected.decrementAndGet();
    }

    void pushed(ResourceType type, long nanos) {
        counter(pushes, type).increment();
        pushTime.record(nanos, TimeUnit.NANOSECONDS);
    }

    void rejected(ResourceType type) {
        counter(rejects, type).increment();
    }

    /** A new state is in force from now on. */
    void announced(long meshVersion) {
        announcedAt = System.nanoTime();
        announcedVersion = meshVersion;
    }

    void converged(long meshVersion) {
        if (meshVersion == announcedVersion) {
            convergence.record(System.nanoTime() - announcedAt, TimeUnit.NANOSECONDS);
        }
    }

    private static Counter counter(Map<ResourceType, Counter> counters, ResourceType type) {
        Counter counter = counters.get(type);
        if (counter == null) {
            throw new IllegalStateException("no counter of " + type);
        }
        return counter;
    }
}
