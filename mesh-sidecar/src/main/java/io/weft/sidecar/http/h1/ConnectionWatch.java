package io.weft.sidecar.http.h1;

import io.weft.sidecar.http.HttpService;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.loop.LoopState;
import org.jspecify.annotations.Nullable;

/**
 * What a client's connection is waited for, and how long: the rest of a head, the next request, the last words after an answer that closes, and, in a lame duck,
 * the client's own close. One deadline serves all of them; it is armed for the nearest and looks again when it is over.
 */
final class ConnectionWatch extends Deadline {

    /** What can be waited for depends on what the connection is doing. */
    interface Connection {

        /** Nothing is under way, not even the rest of a body. */
        boolean atRest();

        /** A request is somebody's: an exchange's, or the next handler's. */
        boolean busy();

        /** The last answer is out; only a close is left. */
        boolean over();

        /** How many requests it has seen. */
        int requests();

        void headTooLate();

        void close();
    }

    private static final long HEAD_MILLIS = 10_000;
    /** For a first request, where nothing else says. */
    private static final long FRESH_MILLIS = 60_000;
    private static final long LOOK_AGAIN_MILLIS = 60_000;
    private static final long LINGER_MILLIS = 1_000;

    private final Connection connection;
    private final LoopState loop;
    private final HttpService service;
    private long idleSince = System.nanoTime();
    /** When the head began that is still to be read; 0: none. */
    private long partialSince;
    /** Lame duck: when a connection at rest is closed; 0: not one. */
    private long drainAt;
    private @Nullable Deadline oldAge;

    ConnectionWatch(Connection connection, LoopState loop, HttpService service) {
        this.connection = connection;
        this.loop = loop;
        this.service = service;
    }

    void begin() {
        long idle = service.settings().idleTimeout().toMillis();
        arm(idle == 0 ? headMillis() : Math.min(idle, headMillis()));
        long most = service.settings().maxConnectionDuration().toMillis();
        if (most > 0) {
            Deadline age = new Deadline() {
                @Override
                protected void expired() {
                    drain(false);
                }
            };
            oldAge = age;
            loop.timers().arm(age, most);
        }
    }

    void cancel() {
        loop.timers().cancel(this);
        Deadline age = oldAge;
        if (age != null) {
            loop.timers().cancel(age);
        }
    }

    private void arm(long millis) {
        loop.timers().arm(this, millis);
    }

    private long headMillis() {
        long wanted = service.settings().requestHeadersTimeout().toMillis();
        return wanted == 0 ? HEAD_MILLIS : wanted;
    }

    /** The rest of it has to come in time. A connection where nothing began is only idle: a client may be about to ask on it, and would take a 408 for its answer. */
    void headBegan() {
        if (connection.atRest()) {
            partialSince = System.nanoTime();
            arm(headMillis());
        }
    }

    void headRead() {
        partialSince = 0;
    }

    /** Whether a head has begun and not ended. */
    boolean inHead() {
        return partialSince != 0;
    }

    void answered() {
        idleSince = System.nanoTime();
    }

    /** The client may say a last word, but is not waited for. */
    void linger() {
        arm(LINGER_MILLIS);
    }

    @Override
    protected void expired() {
        long now = System.nanoTime();
        if (partialSince != 0) {
            long waited = (now - partialSince) / 1_000_000;
            if (waited >= headMillis()) {
                connection.headTooLate();
            } else {
                arm(headMillis() - waited);
            }
        } else if (connection.over()) {
            connection.close();
        } else if (drainAt != 0 && connection.atRest()) {
            closeDrained(now);
        } else {
            closeIdle(now);
        }
    }

    private void closeIdle(long now) {
        long idle = service.settings().idleTimeout().toMillis();
        boolean fresh = connection.requests() == 0;
        long limit = fresh && idle == 0 ? Math.max(headMillis() * 6, FRESH_MILLIS) : idle;
        if (connection.busy() || limit == 0) {
            arm(limit == 0 ? LOOK_AGAIN_MILLIS : limit);
            return;
        }
        long quiet = (now - idleSince) / 1_000_000;
        if (quiet >= limit) {
            connection.close();
        } else {
            arm(limit - quiet);
        }
    }

    /** Whether the next answer has to say that the connection closes. */
    boolean draining() {
        return drainAt != 0;
    }

    /**
     * Lame duck: the next answer says close. A client at rest may be about to ask, so the connection is closed only when the drain time is over.
     *
     * @param over it is over, whatever the clock says
     */
    void drain(boolean over) {
        long now = System.nanoTime();
        if (drainAt == 0) {
            drainAt = (now + service.settings().drainTimeout().toNanos()) | 1;
        } else if (over && connection.atRest() && connection.requests() > 0) {
            drainAt = now | 1;
            restInDrain();
            return;
        }
        if (connection.atRest()) {
            watchDrain(now);
        }
    }

    /** The head of the last answer went out before the drain began: only the next one can say close, so there is a little time for it. */
    void restInDrain() {
        long least = idleSince + LINGER_MILLIS * 1_000_000;
        if (least - drainAt > 0) {
            drainAt = least | 1;
        }
        closeDrained(System.nanoTime());
    }

    private void closeDrained(long now) {
        if (now - drainAt >= 0) {
            connection.close();
        } else {
            watchDrain(now);
        }
    }

    private void watchDrain(long now) {
        arm(Math.max(0, (drainAt - now) / 1_000_000));
    }
}
