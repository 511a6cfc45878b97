package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.AsciiString;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.route.Grpc;
import org.jspecify.annotations.Nullable;

/** The way back of an exchange: how the endpoint's answer, or one of our own, goes out to the client. An exchange has at most one. */
abstract class ExchangeAnswers extends ExchangeFacts implements UpstreamCaller {
    private static final Layer[] NO_LAYERS = {};

    final Downstream downstream;
    final RequestBody body = new RequestBody();
    Layer[] layers = NO_LAYERS;
    ForwardPlan.@Nullable Destination destination;
    @Nullable String stickyCookie;
    long lastActivity;
    /** It is decided what the answer is: no step of the request follows. */
    boolean settled;
    boolean finished;
    private boolean downstreamPaused;

    ExchangeAnswers(HttpManager.Live live, Downstream downstream, RequestHead head) {
        super(live, downstream.connection(), head);
        this.downstream = downstream;
        this.lastActivity = startNanos;
    }

    /** The last thing that happens, once; again: nothing. */
    abstract void finish();

    // ------------------------------------------------------------------ the endpoint speaks

    @Override
    public final void onAttempt(Host host, int attempt) {
        ForwardPlan to = forward;
        if (to != null && to.resource.hostRewrite() != null && to.resource.hostRewrite().auto()) {
            String name = host.resource().hostname();
            if (!name.isEmpty()) {
                HeadRewrite.host(to, head, name);
            }
        }
        RoutePlan found = plan;
        if (found != null && found.host().includeRequestAttemptCount()) {
            head.set(HeaderNames.X_ENVOY_ATTEMPT_COUNT, Integer.toString(attempt));
        }
    }

    @Override
    public final void onInformational(ResponseHead informational) {
        downstream.sendInformational(informational);
    }

    @Override
    public final void onHead(ResponseHead answer, boolean end) {
        lastActivity = System.nanoTime();
        upstreamNanos = lastActivity - startNanos;
        UpstreamCall from = call;
        if (from != null && from.exhausted()) {
            flag = ResponseFlag.URX;
        }
        AsciiString server = live.server;
        if (server != null && (!live.serverIfAbsent || !answer.contains(HeaderNames.SERVER))) {
            answer.set(HeaderNames.SERVER, server);
        }
        if (live.serviceTime) {
            answer.set(HeaderNames.X_ENVOY_UPSTREAM_SERVICE_TIME, Long.toString(upstreamNanos / 1_000_000));
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

    final void grpc(HeaderBlock block) {
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
    public final void onData(ByteBuf data, boolean end) {
        if (finished) {
            data.release();
            return;
        }
        lastActivity = System.nanoTime();
        countResponse(data);
        downstream.sendData(data, end);
        UpstreamCall from = call;
        if (end) {
            finish();
        } else if (from != null && !downstream.isWritable()) {
            from.setReading(false);
        }
    }

    @Override
    public final void onTrailers(HeaderBlock trailers) {
        if (finished) {
            return;
        }
        grpc(trailers);
        downstream.sendTrailers(trailers);
        finish();
    }

    @Override
    public final void setRequestReading(boolean reading) {
        if (downstreamPaused == reading) {
            downstreamPaused = !reading;
            downstream.setReading(reading);
        }
    }

    // ------------------------------------------------------------------ what goes wrong

    @Override
    public final void onFailure(UpstreamFailure failure) {
        Failures.Answer answer = Failures.of(failure);
        if (responseStarted) {
            breakOff(answer.flag(), answer.details());
        } else if (failure == UpstreamFailure.OVERFLOW) {
            ResponseHead overloaded = OwnAnswers.text(answer.status(), answer.body());
            overloaded.set(HeaderNames.X_ENVOY_OVERLOADED, "true");
            answer(overloaded, answer.body(), answer.flag(), answer.details());
        } else {
            answer(answer.status(), answer.body(), answer.flag(), answer.details());
        }
    }

    @Override
    public final void onTimeout(boolean attemptOnly) {
        abort(504, "upstream request timeout", ResponseFlag.UT, attemptOnly ? "upstream_per_try_timeout" : "response_timeout");
    }

    /** Ends the exchange with an error, in the middle of an answer if need be. */
    final void abort(int code, String text, ResponseFlag why, String detail) {
        cancelCall(true);
        if (responseStarted) {
            breakOff(why, detail);
        } else {
            answer(code, text, why, detail);
        }
    }

    private void breakOff(ResponseFlag why, String detail) {
        flag = why;
        details = detail;
        downstream.reset();
        finish();
    }

    final void cancelCall(boolean error) {
        UpstreamCall open = call;
        if (open != null) {
            open.cancel(error);
        }
    }

    // ------------------------------------------------------------------ answers of our own

    @Override
    public final void answer(int code, String text, ResponseFlag why, String detail) {
        if (Grpc.isRequest(head) && code >= 400 && why != ResponseFlag.NONE || Grpc.isRequest(head) && code == 403) {
            answerGrpc(Grpc.statusOf(code), text, why, detail);
            return;
        }
        answer(OwnAnswers.text(code, text), text, why, detail);
    }

    @Override
    public final void answer(ResponseHead own, String detail) {
        own.set(HeaderNames.CONTENT_LENGTH, "0");
        answer(own, "", ResponseFlag.NONE, detail);
    }

    @Override
    public final void answerGrpc(int code, String message, ResponseFlag why, String detail) {
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
        cancelCall(true);
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
}
