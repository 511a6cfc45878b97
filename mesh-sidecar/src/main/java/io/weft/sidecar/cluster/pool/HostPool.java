package io.weft.sidecar.cluster.pool;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.limit.Breakers;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.loop.LoopState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one host on one event loop. The one used last is used next, so that the others can grow old and close. Requests beyond the
 * connections wait in a bounded queue, for a bounded time. Only {@link #retire} may be called from another thread.
 */
public final class HostPool implements ConnectionOwner {
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LoopState loop;
    private final Host host;
    private final Connector connector;
    private final Breakers breakers;
    private final PoolCounters counters;
    private final ArrayDeque<UpstreamConnection> free = new ArrayDeque<>();
    private final Map<UpstreamConnection, Use> uses = new IdentityHashMap<>();
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private final Deadline patience = new Deadline() {
        @Override
        protected void expired() {
            giveUpWaiting();
        }
    };
    private final Deadline sweep = new Deadline() {
        @Override
        protected void expired() {
            closeIdle();
        }
    };
    private int open;
    private int connecting;
    private boolean retired;

    public HostPool(LoopState loop, Host host, Connector connector, Breakers breakers, PoolCounters counters) {
        this.loop = loop;
        this.host = host;
        this.connector = connector;
        this.breakers = breakers;
        this.counters = counters;
    }

    /** Gives a connection now or later, or a reason why not. */
    public void acquire(StreamRequest request) {
        UpstreamConnection connection = takeFree();
        if (connection != null) {
            give(connection, request);
            return;
        }
        if (!breakers.tryPending()) {
            counters.pendingOverflow().increment();
            request.onNoConnection(UpstreamFailure.OVERFLOW, "too many pending requests");
            return;
        }
        waiting.addLast(new Waiting(request, System.nanoTime()));
        connectIfNeeded();
        limitWaiting();
    }

    /** While a connection is being opened, its own timeout bounds the wait; without one, nothing else would. */
    private void limitWaiting() {
        if (connecting == 0 && !waiting.isEmpty() && !patience.armed()) {
            long waited = System.nanoTime() - waiting.getFirst().since();
            loop.timers().arm(patience, TimeUnit.NANOSECONDS.toMillis(Math.max(0, LONGEST_WAIT_NANOS - waited)));
        }
    }

    /** The request has lost interest. */
    public void cancel(StreamRequest request) {
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
            if (all.next().request() == request) {
                all.remove();
                breakers.pendingEnded();
                return;
            }
        }
    }

    private @Nullable UpstreamConnection takeFree() {
        UpstreamConnection connection = free.peekLast();
        while (connection != null && (connection.freeStreams() <= 0 || !connection.channel().isActive())) {
            noLongerFree(connection);
            connection = free.peekLast();
        }
        return connection;
    }

    /** A connection with room left stays where it is: a multiplexed one is filled before the next is touched. */
    private void give(UpstreamConnection connection, StreamRequest request) {
        request.onConnection(connection);
        if (connection.freeStreams() <= 0) {
            noLongerFree(connection);
        }
    }

    private void noLongerFree(UpstreamConnection connection) {
        Use use = uses.get(connection);
        if (use != null && use.free) {
            use.free = false;
            free.removeLastOccurrence(connection);
        }
    }

    private void connectIfNeeded() {
        while ((long) connecting * connector.expectedStreams() < waiting.size()) {
            if (!breakers.tryConnection()) {
                if (open + connecting > 0) {
                    counters.connectionOverflow().increment();
                    return;
                }
                breakers.forceConnection();
            }
            connecting++;
            host.connections(1);
            counters.connections().increment();
            counters.activeConnections().increment();
            connector.connect(loop, this, this::connectFailed);
        }
    }

    private void connectFailed(UpstreamFailure failure, String reason) {
        connecting--;
        connectionGone();
        counters.connectFailures().increment();
        // every waiting request that counted on this attempt learns of it; each may retry elsewhere
        int share = connecting == 0 ? waiting.size() : Math.min(waiting.size(), connector.expectedStreams());
        for (int i = 0; i < share; i++) {
            Waiting next = waiting.pollFirst();
            if (next == null) {
                return;
            }
            breakers.pendingEnded();
            next.request().onNoConnection(failure, reason);
        }
        limitWaiting();
    }

    private void connectionGone() {
        breakers.connectionEnded();
        host.connections(-1);
        counters.activeConnections().add(-1);
    }

    @Override
    public void onReady(UpstreamConnection connection) {
        connecting--;
        open++;
        uses.put(connection, new Use());
        // those who wait chose this host while it was still there: they are served before the connection may go
        onFree(connection);
        if (retired) {
            connection.drain();
        }
    }

    @Override
    public void onFree(UpstreamConnection connection) {
        while (!waiting.isEmpty() && connection.freeStreams() > 0) {
            Waiting next = waiting.pollFirst();
            breakers.pendingEnded();
            next.request().onConnection(connection);
        }
        if (waiting.isEmpty()) {
            loop.timers().cancel(patience);
        } else {
            limitWaiting();
        }
        Use use = connection.freeStreams() > 0 ? uses.get(connection) : null;
        if (use != null) {
            if (connection.activeStreams() == 0) {
                use.last = System.nanoTime();
                if (!sweep.armed() && !connector.idleTimeout().isZero()) {
                    loop.timers().arm(sweep, sweepMillis());
                }
            }
            if (!use.free) {
                use.free = true;
                free.addLast(connection);
            }
        }
    }

    @Override
    public void onDraining(UpstreamConnection connection) {
        noLongerFree(connection);
    }

    @Override
    public void onClosed(UpstreamConnection connection) {
        noLongerFree(connection);
        if (uses.remove(connection) == null) {
            connectFailed(UpstreamFailure.CONNECT, "closed before it was ready");
            return;
        }
        open--;
        connectionGone();
        connectIfNeeded();
        limitWaiting();
    }

    private void giveUpWaiting() {
        long now = System.nanoTime();
        while (!waiting.isEmpty() && connecting == 0) {
            long waited = now - waiting.peekFirst().since();
            if (waited < LONGEST_WAIT_NANOS) {
                loop.timers().arm(patience, TimeUnit.NANOSECONDS.toMillis(LONGEST_WAIT_NANOS - waited));
                return;
            }
            Waiting next = waiting.pollFirst();
            breakers.pendingEnded();
            counters.pendingOverflow().increment();
            next.request().onNoConnection(UpstreamFailure.OVERFLOW, "no connection became free in time");
        }
    }

    private long sweepMillis() {
        return Math.max(50, Math.min(1000, connector.idleTimeout().toMillis() / 4));
    }

    private void closeIdle() {
        long limit = connector.idleTimeout().toNanos();
        long now = System.nanoTime();
        List<UpstreamConnection> old = new ArrayList<>();
        for (UpstreamConnection connection : free) {
            Use use = uses.get(connection);
            if (connection.activeStreams() == 0 && use != null && now - use.last >= limit) {
                old.add(connection);
            }
        }
        old.forEach(UpstreamConnection::close);
        if (!free.isEmpty()) {
            loop.timers().arm(sweep, sweepMillis());
        }
    }

    /** No new connections are kept; may be called from any thread. */
    public void retire() {
        if (loop.eventLoop().isShuttingDown()) {
            return;
        }
        loop.eventLoop().execute(() -> {
            retired = true;
            for (UpstreamConnection connection : List.copyOf(uses.keySet())) {
                connection.drain();
            }
        });
    }

    /** Of an open connection. */
    private static final class Use {
        private long last = System.nanoTime();
        /** It is in the list of free ones. */
        private boolean free;
    }

    private record Waiting(StreamRequest request, long since) {}
}
