package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.balance.BalanceInput;
import io.weft.sidecar.cluster.dns.ForwardHosts;
import io.weft.sidecar.cluster.pool.UpstreamEvents;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.cluster.retry.RetryRules;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.observe.peer.SelfHeaders;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request to one cluster, with all its attempts: endpoint, limits, connection, timeouts, retries with the body sent again, outlier marks. It knows
 * nothing of routes or of where the request came from. Not thread-safe: everything happens on {@code loop}.
 */
public final class UpstreamCall implements BalanceInput, UpstreamEvents {
    private final UpstreamCaller caller;
    private final LoopState loop;
    private final Cluster cluster;
    private final RequestHead head;
    private final RequestBody body;
    private final long hash;
    private final @Nullable RetryRules retry;

    private final UpstreamAttempt current;

    private @Nullable List<Host> tried;
    private int attempts;
    private boolean retrySlot;
    private boolean exhausted;
    private boolean readingPaused;
    private boolean answering;
    private boolean introduced;
    private int status;
    private boolean over;

    private @Nullable Clock timeout;
    private @Nullable Clock perTry;
    private @Nullable Clock pause;

    /**
     * @param head goes out as it is but for what {@link UpstreamCaller#onAttempt} changes; it must stay untouched until the answer's head
     * @param body what there is of the request's body; more is told to {@link #data} and {@link #trailers}
     * @param hash for consistent balancing, 0: none
     * @param retry null: only what was never sent, or what the endpoint says it has not looked at, is tried once more
     */
    public UpstreamCall(
            UpstreamCaller caller,
            LoopState loop,
            Cluster cluster,
            RequestHead head,
            RequestBody body,
            long hash,
            @Nullable RetryRules retry) {
        this.caller = caller;
        this.loop = loop;
        this.cluster = cluster;
        this.head = head;
        this.body = body;
        this.hash = hash;
        this.retry = retry;
        if (retry != null) {
            body.keep();
        }
        this.current = new UpstreamAttempt(this, cluster);
    }

    /**
     * The caller may hear of the end before this returns.
     *
     * @param timeoutMillis for all attempts together, 0: none
     * @param fromNow the time runs from now; else, as Envoy, from the end of the request
     */
    public void start(long timeoutMillis, boolean fromNow) {
        if (timeoutMillis > 0) {
            timeout = new Clock(Clock.TIMEOUT, timeoutMillis);
            if (fromNow || body.ended()) {
                armTimeout();
            }
        }
        attempt();
    }

    private void armTimeout() {
        Clock clock = timeout;
        if (clock != null && !clock.armed()) {
            loop.timers().arm(clock, clock.millis);
        }
    }

    // ------------------------------------------------------------------ one attempt

    private void attempt() {
        attempts++;
        ForwardHosts dynamic = cluster.forwardHosts();
        if (dynamic == null) {
            attempt(cluster.choose(this));
            return;
        }
        dynamic.find(head.authority(), loop, new ForwardHosts.Found() {
            @Override
            public void host(Host found) {
                if (!over) {
                    attempt(found);
                }
            }

            @Override
            public void refused(String reason) {
                if (!over) {
                    current.failure(reason);
                    attempt(null);
                }
            }
        });
    }

    private void attempt(@Nullable Host chosen) {
        if (chosen == null) {
            cluster.counters().noHost().increment();
            fail(UpstreamFailure.NO_HOST);
            return;
        }
        if (!current.enter(chosen)) {
            fail(UpstreamFailure.OVERFLOW);
            return;
        }
        caller.onAttempt(chosen, attempts);
        current.connect(chosen);
    }

    void onStream(UpstreamStream opened) {
        if (retry != null && !retry.policy().perTryTimeout().isZero()) {
            armPerTry(retry.policy().perTryTimeout().toMillis());
        }
        HeaderBlock trailers = body.trailers();
        boolean bodyEnds = body.ended() && trailers == null;
        boolean held = !body.isEmpty();
        tellWhoWeAre();
        opened.sendHead(head, bodyEnds && !held);
        if (held && current.stream() == opened) {
            body.sendTo(opened, bodyEnds);
        }
        if (trailers != null && current.stream() == opened) {
            opened.sendTrailers(trailers);
        }
        if (current.stream() == opened && opened.isWritable()) {
            caller.setRequestReading(true);
        }
    }

    /** To an endpoint of the mesh that has proven to be one; what an attempt elsewhere was told is taken back. */
    private void tellWhoWeAre() {
        Host at = current.host();
        PeerIdentity peer = current.peer();
        introduced = at != null && at.resource().workload().known() && peer != null && peer.spiffeId() != null;
        if (introduced) {
            cluster.self().write(head);
        } else if (attempts > 1) {
            SelfHeaders.remove(head);
        }
    }

    private void armPerTry(long millis) {
        Clock clock = perTry;
        if (clock == null) {
            clock = new Clock(Clock.PER_TRY, millis);
            perTry = clock;
        }
        loop.timers().arm(clock, millis);
    }

    // ------------------------------------------------------------------ the request's body

    /** Takes the buffer over. */
    public void data(ByteBuf data, boolean end) {
        if (end) {
            requestEnded();
        }
        UpstreamStream to = current.stream();
        if (to == null) {
            hold(data);
            return;
        }
        body.passTo(to, data, end);
        if (!end && current.stream() == to && !to.isWritable()) {
            caller.setRequestReading(false);
        }
    }

    private void hold(ByteBuf data) {
        if (over || answering) {
            data.release();
            return;
        }
        body.hold(data);
        if (body.full()) {
            caller.setRequestReading(false);
        }
    }

    /** Ends the request. */
    public void trailers(HeaderBlock trailers) {
        body.trailers(trailers);
        requestEnded();
        UpstreamStream to = current.stream();
        if (to != null) {
            to.sendTrailers(trailers);
        }
    }

    private void requestEnded() {
        body.end();
        armTimeout();
    }

    @Override
    public void onUpstreamWritable() {
        caller.setRequestReading(true);
    }

    // ------------------------------------------------------------------ the endpoint speaks

    @Override
    public void onInformational(ResponseHead informational) {
        if (!answering) {
            caller.onInformational(informational);
        }
    }

    @Override
    public void onHead(ResponseHead answer, boolean end) {
        stop(perTry);
        status = answer.status();
        current.status(status);
        if (retry != null && status != 101 && retry.onHead(answer) && retry(false)) {
            return;
        }
        if (attempts > 1 && status < 500) {
            cluster.counters().retrySuccess().increment();
        }
        body.forget();
        if (introduced) {
            // other makes of proxies answer with what they are, which is between them and us
            SelfHeaders.remove(answer);
        }
        answering = true;
        if (end) {
            answered();
        }
        caller.onHead(answer, end);
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        if (over || !answering) {
            data.release();
            return;
        }
        if (end) {
            answered();
        }
        caller.onData(data, end);
    }

    @Override
    public void onTrailers(HeaderBlock trailers) {
        if (!over) {
            answered();
            caller.onTrailers(trailers);
        }
    }

    /** The endpoint has said everything; it is not waited for if the request was still coming. */
    private void answered() {
        current.end(status >= 500, body.ended());
        end(false);
    }

    @Override
    public void onReset(UpstreamFailure why) {
        current.reset(why);
        fail(why);
    }

    /** Backpressure of the response: no more data is read while false. */
    public void setReading(boolean reading) {
        UpstreamStream from = current.stream();
        if (from != null && readingPaused == reading) {
            readingPaused = !reading;
            from.setReading(reading);
        }
    }

    // ------------------------------------------------------------------ what goes wrong

    void fail(UpstreamFailure why) {
        stop(perTry);
        if (over) {
            return;
        }
        // nothing was sent, or the peer says that it did nothing with it: one other connection may be tried, asked for or not
        boolean unsent = (why == UpstreamFailure.STALE || why == UpstreamFailure.REFUSED) && attempts == 1;
        if (!answering && (unsent || retry != null && retry.onFailure(why)) && retry(unsent)) {
            return;
        }
        end(true);
        caller.onFailure(why);
    }

    /** Makes another attempt if the rules, the breaker and the held body allow it. */
    private boolean retry(boolean free) {
        int allowed = retry == null ? 0 : retry.policy().attempts();
        if (!body.replayable()) {
            return false;
        }
        if (!free && attempts > allowed) {
            exhausted = allowed > 0;
            return false;
        }
        // as Envoy: the retry that has just failed is over and does not count against the next
        endRetrySlot();
        if (!cluster.breakers().tryRetry()) {
            cluster.counters().retryOverflow().increment();
            return false;
        }
        retrySlot = true;
        cluster.counters().retries().increment();
        Host failed = current.host();
        current.end(true, false);
        if (failed != null && retry != null && retry.policy().previousHosts()) {
            if (tried == null) {
                tried = new ArrayList<>(2);
            }
            tried.add(failed);
        }
        if (retry == null) {
            attempt();
        } else {
            pause = new Clock(Clock.RETRY, 0);
            loop.timers().arm(pause, retry.backoffMillis(attempts, loop.nextLong()));
        }
        return true;
    }

    private void endRetrySlot() {
        if (retrySlot) {
            retrySlot = false;
            cluster.breakers().retryEnded();
        }
    }

    private void timedOut(boolean attemptOnly) {
        (attemptOnly ? cluster.counters().perTryTimeouts() : cluster.counters().timeouts()).increment();
        if (current.open()) {
            current.status(504);
        }
        if (attemptOnly && !answering && retry != null && retry.onPerTryTimeout() && retry(false)) {
            return;
        }
        end(true);
        caller.onTimeout(attemptOnly);
    }

    // ------------------------------------------------------------------ the end

    /** The caller has lost interest, or is done. Does nothing after the call's own end. {@code error}: it counts as one at the endpoint. */
    public void cancel(boolean error) {
        end(error);
    }

    private void end(boolean error) {
        over = true;
        current.end(error, false);
        endRetrySlot();
        body.forget();
        stop(timeout);
        stop(perTry);
        stop(pause);
    }

    private void stop(@Nullable Clock clock) {
        if (clock != null) {
            loop.timers().cancel(clock);
        }
    }

    // ------------------------------------------------------------------ facts

    /** The endpoint of the last attempt; null before the first. */
    public @Nullable Host host() {
        return current.host();
    }

    public int attempts() {
        return attempts;
    }

    /** Whether the answer would have been tried again, had there been attempts left: Envoy's flag URX. */
    public boolean exhausted() {
        return exhausted;
    }

    /** Why there was no connection, for {@code UPSTREAM_TRANSPORT_FAILURE_REASON}. */
    public @Nullable String failure() {
        return current.failure();
    }

    /** Our end of the connection that the last attempt had; null without one. */
    public @Nullable SocketAddress localAddress() {
        return current.localAddress();
    }

    /** Who the endpoint of the last attempt has proven to be; null without TLS or without a connection. */
    public @Nullable PeerIdentity peer() {
        return current.peer();
    }

    RequestHead head() {
        return head;
    }

    @Override
    public LoopState loop() {
        return loop;
    }

    @Override
    public long hash() {
        return hash;
    }

    @Override
    public boolean alreadyTried(Host candidate) {
        return tried != null && tried.contains(candidate);
    }

    @Override
    public int hostSelectionAttempts() {
        return retry == null ? 1 : Math.max(1, retry.policy().hostSelectionAttempts());
    }

    /** One of the call's deadlines. */
    private final class Clock extends Deadline {
        private static final int TIMEOUT = 0;
        private static final int PER_TRY = 1;
        private static final int RETRY = 2;

        private final int kind;
        private final long millis;

        private Clock(int kind, long millis) {
            this.kind = kind;
            this.millis = millis;
        }

        @Override
        protected void expired() {
            if (over) {
                return;
            }
            if (kind == RETRY) {
                attempt();
            } else {
                timedOut(kind == PER_TRY);
            }
        }
    }
}
