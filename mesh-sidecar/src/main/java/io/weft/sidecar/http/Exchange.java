package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Hosts;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.route.Grpc;
import io.weft.sidecar.route.RedirectPlan;
import io.weft.sidecar.route.Route;
import io.weft.sidecar.route.RoutePath;
import io.weft.sidecar.route.RouteTable;
import io.weft.sidecar.route.VirtualHost;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request, from its head to its log line, on the event loop of the client's connection. Protocol-neutral: codecs on both sides tell it what
 * comes and do what it says. Here is the one order of things (trust, path, route, layers, destination); attempts are made by {@link UpstreamCall}, the
 * way back is {@link ExchangeAnswers}, and {@link Failures} is the one place where what goes wrong becomes a status, a flag and a metric.
 */
final class Exchange extends ExchangeAnswers implements RequestEvents {
    private final HttpManager manager;
    private final @Nullable RouteTable<RoutePlan> routes;
    private int nextLayer;
    private @Nullable Mirrors mirrors;
    private @Nullable Clock idle;
    private @Nullable Clock pause;
    private @Nullable Clock wholeRequest;
    private @Nullable Clock lifetime;
    private boolean unrecorded;

    Exchange(
            HttpManager manager,
            HttpManager.Live live,
            @Nullable RouteTable<RoutePlan> routes,
            Downstream downstream,
            RequestHead head,
            boolean end) {
        super(live, downstream, head);
        this.manager = manager;
        this.routes = routes;
        if (end) {
            body.end();
        }
    }

    // ------------------------------------------------------------------ the list of steps

    /** False: the request went on to whoever stands behind the engine. */
    boolean start() {
        manager.active().getAndIncrement();
        if (live.requestMillis > 0 && !body.ended()) {
            wholeRequest = new Clock(Clock.REQUEST, live.requestMillis);
            loop.timers().arm(wholeRequest, live.requestMillis);
        }
        // what a stranger wrote must be gone before anything believes it
        live.trust.apply(head, connection);
        // behind it, since it may be told to trace; before everything else, since whatever the answer is, it belongs to the caller's trace
        if (live.tracer != null) {
            span = live.tracer.begin(head, loop);
        }
        if (!fieldNames()) {
            return true;
        }
        // one form of the path, decided once: matched, authorised and forwarded alike
        if (!normalise()) {
            return true;
        }
        FallThrough behind = manager.fallThrough();
        boolean first = behind != null && behind.wantsFirst(head);
        if (!first) {
            route();
        }
        RoutePlan found = plan;
        layers = found == null ? live.layers : found.layers();
        // policy holds for requests without a route too: a stranger must not learn by 404 what exists
        runLayers();
        if (found == null) {
            runLayersWithoutWaiting();
        }
        if (found == null && !settled && behind != null) {
            // it is not over: what goes by still belongs to it
            settled = true;
            cancel(wholeRequest);
            downstream.passedOn(new PassedOn(this, manager, first));
            return false;
        }
        if (found == null && !settled) {
            act();
        }
        return true;
    }

    /** Starts the second half of a request that went on and came back: the first keeps the record. */
    void resume() {
        unrecorded = true;
        manager.active().getAndIncrement();
        if (!normalise()) {
            return;
        }
        route();
        RoutePlan found = plan;
        layers = found == null ? live.layers : found.layers();
        runLayers();
        if (found == null) {
            runLayersWithoutWaiting();
        }
        if (found == null && !settled) {
            act();
        }
    }

    /** Whether a route claims the request as it came. */
    boolean claims() {
        return match() != null;
    }

    private boolean fieldNames() {
        if (!live.dropUnderscores && !live.refuseUnderscores) {
            return true;
        }
        List<CharSequence> found = new ArrayList<>();
        head.forEach((name, value) -> {
            if (AsciiString.indexOf(name, '_', 0) >= 0) {
                found.add(name);
            }
        });
        if (!found.isEmpty() && live.refuseUnderscores) {
            answer(400, "", ResponseFlag.DPE, "unexpected_underscore");
            return false;
        }
        found.forEach(head::remove);
        return true;
    }

    private boolean normalise() {
        String before = head.path();
        String after = live.paths.normalize(before);
        if (after == PathNormalizer.REJECTED) {
            answer(400, "", ResponseFlag.DPE, "path_normalization_failed");
            return false;
        }
        if (after != before) {
            head.path(after);
            if (live.paths.redirects(before, after)) {
                ResponseHead redirect = Http1ResponseHead.of(307);
                // a path that begins with two slashes would be read as another host's name
                redirect.set(HeaderNames.LOCATION, after.startsWith("//") ? head.scheme() + "://" + head.authority() + after : after);
                answer(redirect, "path_normalization_redirect");
                return false;
            }
        }
        path = RoutePath.of(after);
        return true;
    }

    private void route() {
        Route<RoutePlan> match = match();
        plan = match == null ? null : match.plan();
    }

    private @Nullable Route<RoutePlan> match() {
        RouteTable<RoutePlan> table = routes;
        VirtualHost<RoutePlan> found = table == null ? null : table.host(head.authority());
        return found == null ? null : found.route(head, path, loop);
    }

    private void runLayers() {
        while (nextLayer < layers.length) {
            Layer.Outcome outcome = layers[nextLayer].onRequest(this);
            if (outcome != Layer.Outcome.CONTINUE) {
                return;
            }
            nextLayer++;
        }
        if (plan != null && !settled) {
            act();
        }
    }

    /** A request without a route is not delayed, but nothing behind the delay may be left out: it could be policy. */
    private void runLayersWithoutWaiting() {
        while (!settled && nextLayer < layers.length) {
            cancel(pause);
            faultFlag = ResponseFlag.NONE;
            int waiting = nextLayer;
            runLayers();
            if (nextLayer == waiting) {
                nextLayer++;
            }
        }
    }

    /** Does what the route says. */
    private void act() {
        RoutePlan found = plan;
        if (found == null) {
            answer(404, "", ResponseFlag.NR, "route_not_found");
            return;
        }
        if (found.host().requireTls() == VirtualHostResource.RequireTls.ALL && !https()) {
            ResponseHead redirect = Http1ResponseHead.of(301);
            redirect.set(HeaderNames.LOCATION, "https://" + Hosts.withoutPort(head.authority()) + head.path());
            answer(redirect, "https_redirect");
            return;
        }
        RouteResource.DirectResponse direct = found.direct();
        RedirectPlan redirect = found.redirect();
        if (direct != null) {
            answer(direct.status(), direct.body(), ResponseFlag.NONE, "direct_response");
        } else if (redirect != null) {
            ResponseHead moved = Http1ResponseHead.of(redirect.status());
            moved.set(HeaderNames.LOCATION, redirect.location(head));
            answer(moved, "direct_response");
        } else {
            forward = found.forward();
            forward();
        }
    }

    private boolean https() {
        CharSequence proto = head.get(HeaderNames.X_FORWARDED_PROTO);
        return proto == null ? connection.tls() : AsciiString.contentEqualsIgnoreCase(proto, "https");
    }

    // ------------------------------------------------------------------ forwarding

    private void forward() {
        ForwardPlan to = forward;
        if (to == null) {
            throw new IllegalStateException("route without an action");
        }
        if (head.upgrade() != null && Boolean.FALSE.equals(to.resource.upgradeTypes().get(head.upgrade()))) {
            answer(403, "", ResponseFlag.NONE, "upgrade_failed");
            return;
        }
        ForwardPlan.Destination chosen = to.choose(head, loop);
        destination = chosen;
        Cluster found = chosen.ref() == null ? null : chosen.ref().get();
        if (found == null) {
            answer(to.resource.clusterNotFoundStatus(), "", ResponseFlag.NC, "cluster_not_found");
            return;
        }
        cluster = found;
        long hash = 0;
        if (!to.resource.hashPolicies().isEmpty()) {
            hash = RequestHash.of(to.resource.hashPolicies(), head, path, connection, made -> stickyCookie = made);
        }
        HeadRewrite.apply(to, chosen, head, this);
        // counted from the start, and whether or not the request ever ends; a tunnel is bounded too when the route says so itself
        long longest = to.maxDurationMillis >= 0 ? to.maxDurationMillis : head.upgrade() == null ? live.maxStreamMillis : 0;
        if (longest > 0) {
            lifetime = new Clock(Clock.LIFETIME, longest);
            loop.timers().arm(lifetime, longest);
        }
        if (to.idleMillis > 0) {
            idle = new Clock(Clock.IDLE, to.idleMillis);
            loop.timers().arm(idle, to.idleMillis);
        }
        UpstreamCall out = new UpstreamCall(this, loop, found, head, body, hash, to.retry);
        call = out;
        if (to.mirrors.length > 0 && head.upgrade() == null) {
            mirrors = Mirrors.of(to, head, out, body.ended());
        }
        // a gRPC deadline is the caller's: it runs from the start
        out.start(timeoutOf(to), to.grpcTimeout && head.contains(HeaderNames.GRPC_TIMEOUT));
    }

    private long timeoutOf(ForwardPlan to) {
        long limit = to.timeoutMillis;
        CharSequence grpc = to.grpcTimeout ? head.get(HeaderNames.GRPC_TIMEOUT) : null;
        if (grpc != null && Grpc.isRequest(head)) {
            long asked = GrpcTimeout.millis(grpc);
            if (asked >= 0) {
                limit = to.grpcTimeoutMax > 0 ? Math.min(asked, to.grpcTimeoutMax) : asked;
            }
        }
        // a tunnel lives as long as it is used
        return head.upgrade() != null ? 0 : limit;
    }

    // ------------------------------------------------------------------ the client speaks

    @Override
    public void onRequestData(ByteBuf data, boolean end) {
        if (settled && !responseStarted || finished) {
            data.release();
            return;
        }
        lastActivity = System.nanoTime();
        countRequest(data);
        if (end) {
            cancel(wholeRequest);
        }
        if (mirrors != null) {
            mirrors.data(data, end);
        }
        UpstreamCall to = call;
        if (to != null) {
            to.data(data, end);
        } else {
            hold(data, end);
        }
    }

    private void hold(ByteBuf data, boolean end) {
        if (end) {
            body.end();
        }
        if (settled) {
            data.release();
            return;
        }
        body.hold(data);
        if (body.full()) {
            setRequestReading(false);
        }
    }

    @Override
    public void onRequestTrailers(HeaderBlock trailers) {
        if (settled && !responseStarted || finished) {
            return;
        }
        cancel(wholeRequest);
        if (mirrors != null) {
            mirrors.requestEnded();
        }
        UpstreamCall to = call;
        if (to != null) {
            to.trailers(trailers);
        } else {
            body.trailers(trailers);
            body.end();
        }
    }

    @Override
    public void onDownstreamReset() {
        if (finished) {
            return;
        }
        flag = ResponseFlag.DC;
        details = "downstream_remote_disconnect";
        settled = true;
        finish();
    }

    @Override
    public void onDownstreamWritable() {
        UpstreamCall from = call;
        if (from != null) {
            from.setReading(true);
        }
    }

    // ------------------------------------------------------------------ time

    @Override
    public void resumeAfter(long millis, ResponseFlag why) {
        faultFlag = why;
        pause = new Clock(Clock.RESUME, millis);
        loop.timers().arm(pause, millis);
    }

    private void idledOut() {
        long quiet = (System.nanoTime() - lastActivity) / 1_000_000;
        Clock clock = idle;
        if (clock == null) {
            return;
        }
        if (quiet < clock.millis) {
            loop.timers().arm(clock, clock.millis - quiet);
        } else {
            abort(body.ended() ? 504 : 408, "stream timeout", ResponseFlag.SI, "stream_idle_timeout");
        }
    }

    private void cancel(@Nullable Clock clock) {
        if (clock != null) {
            loop.timers().cancel(clock);
        }
    }

    // ------------------------------------------------------------------ the end

    @Override
    void finish() {
        if (finished) {
            return;
        }
        finished = true;
        cancelCall(!responseStarted || flag != ResponseFlag.NONE);
        body.forget();
        cancel(idle);
        cancel(pause);
        cancel(wholeRequest);
        cancel(lifetime);
        if (responseStarted) {
            setRequestReading(true);
        }
        if (mirrors != null) {
            mirrors.exchangeEnded(body.ended());
        }
        manager.active().getAndDecrement();
        if (unrecorded) {
            return;
        }
        live.metrics.record(this);
        List<RequestObserver> observers = live.observers;
        for (int i = 0; i < observers.size(); i++) {
            observers.get(i).onEnd(this);
        }
    }

    /** One of the exchange's deadlines. */
    private final class Clock extends Deadline {
        private static final int IDLE = 0;
        private static final int RESUME = 1;
        private static final int REQUEST = 2;
        private static final int LIFETIME = 3;

        private final int kind;
        private final long millis;

        private Clock(int kind, long millis) {
            this.kind = kind;
            this.millis = millis;
        }

        @Override
        protected void expired() {
            if (finished) {
                return;
            }
            switch (kind) {
                case IDLE -> idledOut();
                case REQUEST -> abort(408, "request timeout", ResponseFlag.NONE, "request_overall_timeout");
                // as Envoy: the gateway's fault once the request is complete, the client's before
                case LIFETIME -> abort(body.ended() ? 504 : 408, "downstream duration timeout", ResponseFlag.DT, "max_duration_timeout");
                default -> runLayers();
            }
        }
    }
}
