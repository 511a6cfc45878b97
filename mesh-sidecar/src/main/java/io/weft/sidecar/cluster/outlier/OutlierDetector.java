package io.weft.sidecar.cluster.outlier;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.resource.ClusterResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Envoy's outlier detection: consecutive errors eject at once, success rate at the end of an interval; an ejection lasts base time × number of
 * ejections (at most the maximum), and never more than the allowed share of hosts is out.
 */
public final class OutlierDetector {
    private final ClusterResource.OutlierDetection settings;
    private final Supplier<List<Host>> hosts;
    private final Runnable changed;
    private final Counter ejections;
    private final Counter active;
    private boolean closed;

    /**
     * @param hosts all hosts of the cluster now
     * @param changed called after a host was ejected or came back
     */
    public OutlierDetector(
            ClusterResource.OutlierDetection settings, Supplier<List<Host>> hosts, Runnable changed, Counter ejections, Counter active) {
        this.settings = settings;
        this.hosts = hosts;
        this.changed = changed;
        this.ejections = ejections;
        this.active = active;
    }

    /** An answer came from the host. */
    public void onStatus(Host host, int status) {
        OutlierState state = host.outlier();
        boolean error = status >= 500;
        boolean gateway = status >= 502 && status <= 504;
        if (settings.enforcingSuccessRate() > 0) {
            state.countResult(!error);
        }
        if (settings.splitExternalLocalOriginErrors()) {
            state.countLocal(false);
        }
        int errors = state.count5xx(error);
        int gateways = state.countGateway(gateway);
        if (error && reached(settings.consecutive5xx(), errors)) {
            ejectMaybe(host, settings.enforcingConsecutive5xx());
        } else if (gateway && reached(settings.consecutiveGatewayFailure(), gateways)) {
            ejectMaybe(host, settings.enforcingConsecutiveGatewayFailure());
        }
    }

    /** No answer came: connect failure, timeout, reset. Counts as a gateway error unless local errors are counted apart. */
    public void onLocalFailure(Host host) {
        if (!settings.splitExternalLocalOriginErrors()) {
            onStatus(host, 503);
            return;
        }
        if (reached(settings.consecutiveLocalOriginFailure(), host.outlier().countLocal(true))) {
            ejectMaybe(host, settings.enforcingConsecutiveLocalOriginFailure());
        }
    }

    private static boolean reached(int threshold, int count) {
        return threshold > 0 && count >= threshold;
    }

    private void ejectMaybe(Host host, int enforcing) {
        if (enforcing >= 100 || enforcing > 0 && ThreadLocalRandom.current().nextInt(100) < enforcing) {
            eject(host);
        }
    }

    private void eject(Host host) {
        synchronized (this) {
            List<Host> all = hosts.get();
            if (closed || host.ejected() || !all.contains(host) || !mayEject(all)) {
                return;
            }
            host.outlier().eject(System.nanoTime());
            ejections.increment();
            active.increment();
        }
        changed.run();
    }

    /** As Envoy since 1.31: the share counts the one to be ejected, so that 10 % of 9 hosts is none. */
    private boolean mayEject(List<Host> all) {
        int out = 0;
        for (Host host : all) {
            out += host.ejected() ? 1 : 0;
        }
        return 100.0 * (out + 1) / all.size() <= settings.maxEjectionPercent() || out == 0 && settings.alwaysEjectOneHost();
    }

    /** The end of an interval. Called by a timer. */
    public void interval(long nowNanos) {
        boolean any = false;
        synchronized (this) {
            for (Host host : hosts.get()) {
                OutlierState state = host.outlier();
                if (!state.ejected()) {
                    state.forgive();
                } else if (nowNanos - state.ejectedAtNanos() >= ejectionNanos(state)) {
                    state.restore();
                    active.add(-1);
                    any = true;
                }
            }
        }
        if (settings.enforcingSuccessRate() > 0) {
            successRate();
        }
        if (any) {
            changed.run();
        }
    }

    private long ejectionNanos(OutlierState state) {
        long base = settings.baseEjectionTime().toNanos();
        return Math.min(base * Math.max(1, state.ejections()), Math.max(base, settings.maxEjectionTime().toNanos()));
    }

    /** Hosts below mean − factor × standard deviation go. */
    private void successRate() {
        List<Host> measured = new ArrayList<>();
        List<Double> rates = new ArrayList<>();
        for (Host host : hosts.get()) {
            double rate = host.outlier().takeSuccessRate(settings.successRateRequestVolume());
            if (rate >= 0 && !host.ejected()) {
                measured.add(host);
                rates.add(rate);
            }
        }
        if (measured.size() < settings.successRateMinimumHosts()) {
            return;
        }
        double mean = rates.stream().mapToDouble(Double::doubleValue).average().orElse(0);
        double variance = rates.stream().mapToDouble(rate -> (rate - mean) * (rate - mean)).average().orElse(0);
        double threshold = mean - settings.successRateStdevFactor() / 1000.0 * Math.sqrt(variance);
        for (int i = 0; i < measured.size(); i++) {
            if (rates.get(i) < threshold) {
                ejectMaybe(measured.get(i), settings.enforcingSuccessRate());
            }
        }
    }

    public Duration interval() {
        return settings.interval();
    }

    /** The host has left the cluster: the gauge counts it no longer. */
    public void removed(Host host) {
        synchronized (this) {
            if (!closed && host.ejected()) {
                host.outlier().restore();
                active.add(-1);
            }
        }
    }

    /** Leaves no ejected host behind in the gauge; answers that still come eject nobody. */
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            for (Host host : hosts.get()) {
                if (host.ejected()) {
                    active.add(-1);
                }
            }
        }
    }
}
