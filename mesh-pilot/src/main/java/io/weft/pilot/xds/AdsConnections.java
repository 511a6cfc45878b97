package io.weft.pilot.xds;

import io.grpc.Status;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All open ADS streams, bounded in number. */
final class AdsConnections {

    private final int max;
    private final AtomicInteger count = new AtomicInteger();
    private final Set<AdsConnection> open = ConcurrentHashMap.newKeySet();

    AdsConnections(int max) {
        this.max = max;
    }

    /** Admits a stream, or says no because there are too many. */
    boolean reserve() {
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            return false;
        }
        return true;
    }

    int max() {
        return max;
    }

    void add(AdsConnection connection) {
        open.add(connection);
    }

    void remove(AdsConnection connection) {
        if (open.remove(connection)) {
            count.decrementAndGet();
        }
    }

    void wakeAll() {
        open.forEach(AdsConnection::wake);
    }

    void endAll(Status status) {
        open.forEach(connection -> connection.end(status));
    }

    /** What can be scraped; each place once. */
    List<MetricsTarget> targets() {
        return open.stream()
                .map(AdsConnection::metrics)
                .filter(Objects::nonNull)
                .distinct()
                .sorted(Comparator.comparing(target -> target.targets().get(0)))
                .toList();
    }

    List<ProxyStatus> statuses() {
        return open.stream()
                .map(AdsConnection::status)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(ProxyStatus::id))
                .toList();
    }
}
