package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.dns.ForwardHosts;
import io.weft.sidecar.cluster.pool.HostPool;
import io.weft.sidecar.cluster.pool.StreamRequest;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.cluster.pool.UpstreamEvents;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.cluster.retry.RetryRules;
import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Hosts;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.Http2RequestHead;
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
 * comes and do what it says. Here is the one order of things (trust, path, route, layers, destination, attempts) and, in
 * {@link Failures}, the one place where what goes wrong becomes a status, a flag and a metric.
 */
final class Exchange extends ExchangeFacts implements RequestEvents, UpstreamEvents, StreamRequest {
    private static final Layer[] NO_LAYERS = {};

    private final HttpManager manager;
    private final @Nullable RouteTable<RoutePlan> routes;
    private final Downstream downstream;

    private Layer[] layers = NO_LAYERS;
    private int nextLayer;

    private final RequestBody body = new RequestBody();
    private @Nullable HeaderBlock requestTrailers;
    private boolean requestEnded;
    private boolean downstreamPaused;
    private boolean keepForRetry;

    private ForwardPlan.@Nullable Destination destination;
    private @Nullable HostPool pool;
    private boolean waitingForConnection;
    private boolean attemptOpen;
    private boolean retrySlot;
    private boolean upstreamPaused;
    private @Nullable List<MirrorStream> mirrors;

    private boolean answerComplete;
    private boolean finished;
    private boolean settled;
    private long lastActivity;

    private @Nullable Clock timeout;
    private @Nullable Clock perTry;
    private @Nullable Clock idle;
    private @Nullable Clock pause;
    private @Nullable Clock wholeRequest;
    private @Nullable Clock lifetime;
    private @Nullable String stickyCookie;

    Exchange(
            HttpManager manager,
            HttpManager.Live live,
            @Nullable RouteTable<RoutePlan> routes,
            Downstream downstream,
            RequestHead head,
            boolean end) {
        super(live, downstream.connection(), head);
        this.manager = manager;
        this.routes = routes;
        this.downstream = downstream;
        this.requestEnded = end;
        this.lastActivity = startNanos;
    }

    // ------------------------------------------------------------------ the list of steps

    /** False: no route claims the request and it may fall through; nothing has happened then. */
    boolean start() {
        manager.active().getAndIncrement();
        if (live.requestMillis > 0 && !requestEnded) {
            wholeRequest = new Clock(Clock.REQUEST, live.requestMillis);
            loop.timers().arm(wholeRequest, live.requestMillis);
        }
        // what a stranger wrote must be gone before anything believes it
        live.trust.apply(head, connection);
        if (!fieldNames()) {
            return true;
        }
        // one form of the path, decided once: matched, authorised and forwarded alike
        if (!normalise()) {
            return true;
        }
        route();
        RoutePlan found = plan;
        layers = found == null ? live.layers : found.layers();
        // policy holds for requests without a route too: a stranger must not learn by 404 what exists
        runLayers();
        if (found == null && !settled && manager.fallsThrough()) {
            manager.active().getAndDecrement();
            finished = true;
            settled = true;
            cancel(wholeRequest);
            cancel(pause);
            return false;
        }
        if (found == null && !settled) {
            act();
        }
        return true;
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
        RouteTable<RoutePlan> table = routes;
        VirtualHost<RoutePlan> found = table == null ? null : table.host(head.authority());
        Route<RoutePlan> match = found == null ? null : found.route(head, path, loop);
        plan = match == null ? null : match.plan();
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
        if (!to.resource.hashPolicies().isEmpty()) {
            hash = RequestHash.of(to.resource.hashPolicies(), head, path, connection, made -> stickyCookie = made);
        }
        HeadRewrite.apply(to, chosen, head, this);
        keepForRetry = to.retry != null;
        long limit = timeoutOf(to);
        if (limit > 0) {
            timeout = new Clock(Clock.TIMEOUT, limit);
        }
        // a gRPC deadline is the caller's: it runs from the start
        if (requestEnded || to.grpcTimeout && head.contains(HeaderNames.GRPC_TIMEOUT)) {
            armTimeout();
        }
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
        if (to.mirrors.length > 0 && head.upgrade() == null) {
            startMirrors(to);
        }
        attempt();
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

    /** As Envoy: the time runs from the end of the request. */
    private void armTimeout() {
        Clock clock = timeout;
        if (clock != null && !clock.armed()) {
            loop.timers().arm(clock, clock.millis);
        }
    }

    private void attempt() {
        Cluster to = cluster;
        if (to == null) {
            throw new IllegalStateException("attempt without a cluster");
        }
        attempts++;
        ForwardHosts dynamic = to.forwardHosts();
        if (dynamic == null) {
            attempt(to, to.choose(this), "no healthy upstream");
            return;
        }
        dynamic.find(head.authority(), loop, new ForwardHosts.Found() {
            @Override
            public void host(Host found) {
                if (!settled) {
                    attempt(to, found, "");
                }
            }

            @Override
            public void refused(String reason) {
                if (!settled) {
                    upstreamFailure = reason;
                    attempt(to, null, "no healthy upstream");
                }
            }
        });
    }

    private void attempt(Cluster to, @Nullable Host chosen, String none) {
        if (chosen == null) {
            to.counters().noHost().increment();
            answer(503, none, ResponseFlag.UH, "no_healthy_upstream");
            return;
        }
        if (!to.breakers().tryRequest()) {
            to.counters().requestOverflow().increment();
            fail(UpstreamFailure.OVERFLOW);
            return;
        }
        attemptOpen = true;
        host = chosen;
        chosen.requestStarted();
        to.counters().requests().increment();
        to.counters().activeRequests().increment();
        ForwardPlan plan = forward;
        if (plan != null && plan.resource.hostRewrite() != null && plan.resource.hostRewrite().auto()) {
            String name = chosen.resource().hostname();
            if (!name.isEmpty()) {
                HeadRewrite.host(plan, head, name);
            }
        }
        RoutePlan found = this.plan;
        if (found != null && found.host().includeRequestAttemptCount()) {
            head.set(HeaderNames.X_ENVOY_ATTEMPT_COUNT, Integer.toString(attempts));
        }
        waitingForConnection = true;
        HostPool connections = to.pool(chosen, loop, to.http2(head instanceof Http2RequestHead));
        pool = connections;
        connections.acquire(this);
    }

    @Override
    public void onConnection(UpstreamConnection upstream) {
        waitingForConnection = false;
        UpstreamStream opened = upstream.open(this);
        stream = opened;
        RetryRules rules = forward == null ? null : forward.retry;
        if (rules != null && !rules.policy().perTryTimeout().isZero()) {
            long millis = rules.policy().perTryTimeout().toMillis();
            Clock clock = perTry;
            if (clock == null) {
                clock = new Clock(Clock.PER_TRY, millis);
                perTry = clock;
            }
            loop.timers().arm(clock, millis);
        }
        boolean bodyEnds = requestEnded && requestTrailers == null;
        boolean held = !body.isEmpty();
        opened.sendHead(head, bodyEnds && !held);
        if (held && stream == opened) {
            body.sendTo(opened, keepForRetry, bodyEnds);
        }
        HeaderBlock trailers = requestTrailers;
        if (trailers != null && stream == opened) {
            opened.sendTrailers(trailers);
        }
        if (downstreamPaused && stream == opened && opened.isWritable()) {
            pauseDownstream(false);
        }
    }

    @Override
    public void onNoConnection(UpstreamFailure failure, String reason) {
        waitingForConnection = false;
        upstreamFailure = reason;
        Cluster to = cluster;
        Host at = host;
        if (to != null && at != null && failure != UpstreamFailure.OVERFLOW) {
            to.onLocalFailure(at);
            if (failure == UpstreamFailure.CONNECT_TIMEOUT) {
                to.counters().pool().connectTimeouts().increment();
            }
        }
        fail(failure);
    }

    // ------------------------------------------------------------------ the client speaks

    @Override
    public void onRequestData(ByteBuf data, boolean end) {
        if (settled && !responseStarted || finished) {
            data.release();
            return;
        }
        lastActivity = System.nanoTime();
        received += data.readableBytes();
        if (end) {
            requestEnded();
        }
        mirrorData(data, end);
        UpstreamStream to = stream;
        if (to == null) {
            holdOrDrop(data);
            return;
        }
        if (keepForRetry) {
            if (body.fits(data)) {
                if (data.isReadable()) {
                    body.hold(data.retainedDuplicate());
                }
            } else {
                keepForRetry = false;
                body.forget();
            }
        }
        to.sendData(data, end);
        if (!end && stream == to && !to.isWritable()) {
            pauseDownstream(true);
        }
    }

    private void requestEnded() {
        requestEnded = true;
        cancel(wholeRequest);
        armTimeout();
    }

    private void holdOrDrop(ByteBuf data) {
        if (settled) {
            data.release();
            return;
        }
        body.hold(data);
        if (body.full()) {
            pauseDownstream(true);
        }
    }

    @Override
    public void onRequestTrailers(HeaderBlock trailers) {
        if (settled && !responseStarted || finished) {
            return;
        }
        requestTrailers = trailers;
        requestEnded();
        if (mirrors != null) {
            mirrors.forEach(mirror -> mirror.data(Unpooled.EMPTY_BUFFER, true));
        }
        UpstreamStream to = stream;
        if (to != null) {
            to.sendTrailers(trailers);
        }
    }

    private void pauseDownstream(boolean paused) {
        if (downstreamPaused != paused) {
            downstreamPaused = paused;
            downstream.setReading(!paused);
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
        UpstreamStream from = stream;
        if (upstreamPaused && from != null) {
            upstreamPaused = false;
            from.setReading(true);
        }
    }

    // ------------------------------------------------------------------ the endpoint speaks

    @Override
    public void onInformational(ResponseHead informational) {
        if (!responseStarted) {
            downstream.sendInformational(informational);
        }
    }

    @Override
    public void onHead(ResponseHead answer, boolean end) {
        lastActivity = System.nanoTime();
        upstreamNanos = lastActivity - startNanos;
        Clock clock = perTry;
        if (clock != null) {
            loop.timers().cancel(clock);
        }
        Cluster from = cluster;
        Host at = host;
        if (from == null || at == null) {
            throw new IllegalStateException("a response without a request");
        }
        from.onStatus(at, answer.status());
        RetryRules rules = forward == null ? null : forward.retry;
        if (rules != null && answer.status() != 101 && rules.onHead(answer) && retry(rules, false)) {
            return;
        }
        if (attempts > 1 && answer.status() < 500) {
            from.counters().retrySuccess().increment();
        }
        keepForRetry = false;
        body.forget();
        sendUpstreamHead(answer, end);
    }

    private void sendUpstreamHead(ResponseHead answer, boolean end) {
        AsciiString server = live.server;
        if (server != null && (!live.serverIfAbsent || !answer.contains(HeaderNames.SERVER))) {
            answer.set(HeaderNames.SERVER, server);
        }
        if (live.serviceTime) {
            answer.set(HeaderNames.X_ENVOY_UPSTREAM_SERVICE_TIME, Long.toString(upstreamNanos / 1_000_000));
        }
        settled = true;
        if (end) {
            answerEnded(answer.status());
        }
        sendHead(answer, end);
    }

    /** The one way a head goes out, the endpoint's or ours. */
    private void sendHead(ResponseHead answer, boolean end) {
        settled = true;
        responseStarted = true;
        status = answer.status();
        response = answer;
        for (Layer layer : layers) {
            layer.onResponse(this, answer);
        }
        ForwardPlan.Destination to = destination;
        RoutePlan found = plan;
        if (to != null) {
            to.responseEdits().apply(answer, this);
        } else if (found != null) {
            found.responseEdits().apply(answer, this);
        }
        if (stickyCookie != null) {
            answer.add(HeaderNames.SET_COOKIE, stickyCookie);
        }
        if (!answer.contains(HeaderNames.DATE)) {
            answer.set(HeaderNames.DATE, Http1Dates.now());
        }
        grpc(answer);
        downstream.sendHead(answer, end);
        if (end) {
            finish();
        }
    }

    private void grpc(HeaderBlock block) {
        CharSequence code = block.get(HeaderNames.GRPC_STATUS);
        if (code != null && code.length() > 0 && code.length() <= 2) {
            char first = code.charAt(0);
            char last = code.charAt(code.length() - 1);
            if (first >= '0' && first <= '9' && last >= '0' && last <= '9') {
                grpcStatus = code.length() == 1 ? first - '0' : (first - '0') * 10 + last - '0';
            }
        }
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        if (finished || !responseStarted) {
            data.release();
            return;
        }
        lastActivity = System.nanoTime();
        sent += data.readableBytes();
        if (end) {
            answerEnded(status);
        }
        downstream.sendData(data, end);
        if (end) {
            finish();
        } else if (!downstream.isWritable() && stream != null && !upstreamPaused) {
            upstreamPaused = true;
            stream.setReading(false);
        }
    }

    @Override
    public void onTrailers(HeaderBlock trailers) {
        if (finished) {
            return;
        }
        grpc(trailers);
        answerEnded(status);
        downstream.sendTrailers(trailers);
        finish();
    }

    @Override
    public void onReset(UpstreamFailure failure) {
        stream = null;
        Cluster from = cluster;
        Host at = host;
        if (from != null && at != null && failure != UpstreamFailure.REFUSED && failure != UpstreamFailure.STALE) {
            from.onLocalFailure(at);
        }
        fail(failure);
    }

    @Override
    public void onUpstreamWritable() {
        if (downstreamPaused) {
            pauseDownstream(false);
        }
    }

    // ------------------------------------------------------------------ what goes wrong

    private void fail(UpstreamFailure failure) {
        Clock clock = perTry;
        if (clock != null) {
            loop.timers().cancel(clock);
        }
        if (finished) {
            return;
        }
        if (!responseStarted) {
            RetryRules rules = forward == null ? null : forward.retry;
            // nothing was sent: the peer cannot have acted on it, so one other connection may be tried, asked for or not
            boolean unsent = failure == UpstreamFailure.STALE && attempts == 1;
            if (unsent || rules != null && rules.onFailure(failure)) {
                if (retry(rules, unsent)) {
                    return;
                }
            }
        }
        endAttempt(true);
        Failures.Answer answer = Failures.of(failure);
        if (responseStarted) {
            flag = answer.flag();
            details = answer.details();
            downstream.reset();
            finish();
            return;
        }
        if (failure == UpstreamFailure.OVERFLOW) {
            ResponseHead overloaded = OwnAnswers.text(answer.status(), answer.body());
            overloaded.set(HeaderNames.X_ENVOY_OVERLOADED, "true");
            answer(overloaded, answer.body(), answer.flag(), answer.details());
        } else {
            answer(answer.status(), answer.body(), answer.flag(), answer.details());
        }
    }

    /** Makes another attempt if the rules, the breaker and the held body allow it. */
    private boolean retry(@Nullable RetryRules rules, boolean free) {
        Cluster to = cluster;
        int allowed = rules == null ? 0 : rules.policy().attempts();
        if (to == null || !body.replayable() || !keepForRetry && !(body.isEmpty() && received == 0)) {
            return false;
        }
        if (!free && attempts > allowed) {
            if (allowed > 0) {
                flag = ResponseFlag.URX;
            }
            return false;
        }
        // as Envoy: the retry that has just failed is over and does not count against the next
        endRetrySlot();
        if (!to.breakers().tryRetry()) {
            to.counters().retryOverflow().increment();
            return false;
        }
        retrySlot = true;
        to.counters().retries().increment();
        Host failed = host;
        endAttempt(true);
        if (failed != null && rules != null && rules.policy().previousHosts()) {
            if (tried == null) {
                tried = new ArrayList<>(2);
            }
            tried.add(failed);
        }
        if (rules == null) {
            attempt();
        } else {
            pause = new Clock(Clock.RETRY, 0);
            loop.timers().arm(pause, rules.backoffMillis(attempts, loop.nextLong()));
        }
        return true;
    }

    /** The attempt is over: its stream is let go, and what it occupied is free. */
    private void endAttempt(boolean error) {
        UpstreamStream open = stream;
        stream = null;
        if (waitingForConnection) {
            waitingForConnection = false;
            HostPool from = pool;
            if (from != null) {
                from.cancel(this);
            }
        }
        if (attemptOpen) {
            attemptOpen = false;
            Cluster to = cluster;
            Host at = host;
            if (to != null && at != null) {
                to.breakers().requestEnded();
                to.counters().activeRequests().add(-1);
                at.requestEnded(error);
            }
        }
        if (open != null && !answerComplete) {
            open.cancel();
        }
    }

    /** The endpoint has said everything; it is not waited for if the request was still coming. */
    private void answerEnded(int code) {
        answerComplete = requestEnded;
        endAttempt(code >= 500);
    }

    private void endRetrySlot() {
        if (retrySlot && cluster != null) {
            retrySlot = false;
            cluster.breakers().retryEnded();
        }
    }

    private void timedOut(boolean attemptOnly) {
        Cluster to = cluster;
        Host at = host;
        if (to != null) {
            (attemptOnly ? to.counters().perTryTimeouts() : to.counters().timeouts()).increment();
        }
        if (to != null && at != null && attemptOpen) {
            to.onStatus(at, 504);
        }
        if (attemptOnly && !responseStarted) {
            RetryRules rules = forward == null ? null : forward.retry;
            if (rules != null && rules.onPerTryTimeout() && retry(rules, false)) {
                return;
            }
        }
        abort(504, "upstream request timeout", ResponseFlag.UT, attemptOnly ? "upstream_per_try_timeout" : "response_timeout");
    }

    private void idledOut() {
        long quiet = (System.nanoTime() - lastActivity) / 1_000_000;
        Clock clock = idle;
        if (clock == null) {
            return;
        }
        if (quiet < clock.millis) {
            loop.timers().arm(clock, clock.millis - quiet);
        } else if (requestEnded) {
            abort(504, "stream timeout", ResponseFlag.SI, "stream_idle_timeout");
        } else {
            abort(408, "stream timeout", ResponseFlag.SI, "stream_idle_timeout");
        }
    }

    private void abort(int code, String text, ResponseFlag why, String detail) {
        endAttempt(true);
        if (responseStarted) {
            flag = why;
            details = detail;
            downstream.reset();
            finish();
        } else {
            answer(code, text, why, detail);
        }
    }

    // ------------------------------------------------------------------ answers of our own

    @Override
    public void answer(int code, String text, ResponseFlag why, String detail) {
        if (Grpc.isRequest(head) && code >= 400 && why != ResponseFlag.NONE || Grpc.isRequest(head) && code == 403) {
            answerGrpc(Grpc.statusOf(code), text, why, detail);
            return;
        }
        answer(OwnAnswers.text(code, text), text, why, detail);
    }

    @Override
    public void answer(ResponseHead own, String detail) {
        own.set(HeaderNames.CONTENT_LENGTH, "0");
        answer(own, "", ResponseFlag.NONE, detail);
    }

    @Override
    public void answerGrpc(int code, String message, ResponseFlag why, String detail) {
        answer(OwnAnswers.grpc(code, message), "", why, detail);
    }

    private void answer(ResponseHead own, String text, ResponseFlag why, String detail) {
        if (responseStarted || finished) {
            return;
        }
        if (why != ResponseFlag.NONE) {
            flag = why;
        }
        details = detail;
        endAttempt(true);
        settled = true;
        AsciiString server = live.server;
        if (server != null) {
            own.set(HeaderNames.SERVER, server);
        }
        boolean empty = text.isEmpty() || own.status() == 204 || own.status() == 304 || AsciiString.contentEquals("HEAD", head.method());
        sendHead(own, empty);
        if (!empty) {
            ByteBuf data = ByteBufUtil.writeUtf8(connection.channel().alloc(), text);
            sent += data.readableBytes();
            downstream.sendData(data, true);
            finish();
        }
    }

    // ------------------------------------------------------------------ the end

    private void finish() {
        if (finished) {
            return;
        }
        finished = true;
        endAttempt(!responseStarted || flag != ResponseFlag.NONE);
        endRetrySlot();
        body.forget();
        cancel(timeout);
        cancel(perTry);
        cancel(idle);
        cancel(pause);
        cancel(wholeRequest);
        cancel(lifetime);
        if (downstreamPaused && responseStarted) {
            pauseDownstream(false);
        }
        if (mirrors != null) {
            mirrors.forEach(mirror -> mirror.exchangeEnded(requestEnded));
        }
        manager.active().getAndDecrement();
        manager.metrics().record(this, cluster, flag);
        List<RequestObserver> observers = live.observers;
        for (int i = 0; i < observers.size(); i++) {
            observers.get(i).onEnd(this);
        }
    }

    private void cancel(@Nullable Clock clock) {
        if (clock != null) {
            loop.timers().cancel(clock);
        }
    }

    // ------------------------------------------------------------------ mirrors

    private void startMirrors(ForwardPlan to) {
        for (ForwardPlan.Mirror mirror : to.mirrors) {
            Cluster copyTo = mirror.ref().get();
            if (copyTo != null && mirror.share().hit(loop)) {
                if (mirrors == null) {
                    mirrors = new ArrayList<>(1);
                }
                MirrorStream copy = new MirrorStream(copyTo, head, mirror.shadowSuffix(), this, to.timeoutMillis);
                mirrors.add(copy);
                copy.start(requestEnded);
            }
        }
    }

    private void mirrorData(ByteBuf data, boolean end) {
        if (mirrors != null) {
            for (MirrorStream mirror : mirrors) {
                mirror.data(data.retainedDuplicate(), end);
            }
        }
    }

    @Override
    public void resumeAfter(long millis, ResponseFlag why) {
        faultFlag = why;
        pause = new Clock(Clock.RESUME, millis);
        loop.timers().arm(pause, millis);
    }

    /** One of the exchange's deadlines. */
    private final class Clock extends Deadline {
        private static final int TIMEOUT = 0;
        private static final int PER_TRY = 1;
        private static final int IDLE = 2;
        private static final int RETRY = 3;
        private static final int RESUME = 4;
        private static final int REQUEST = 5;
        private static final int LIFETIME = 6;

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
                case TIMEOUT -> timedOut(false);
                case PER_TRY -> timedOut(true);
                case IDLE -> idledOut();
                case RETRY -> attempt();
                case REQUEST -> abort(408, "request timeout", ResponseFlag.NONE, "request_overall_timeout");
                // as Envoy: the gateway's fault once the request is complete, the client's before
                case LIFETIME -> abort(requestEnded ? 504 : 408, "downstream duration timeout", ResponseFlag.DT, "max_duration_timeout");
                default -> runLayers();
            }
        }
    }
}
