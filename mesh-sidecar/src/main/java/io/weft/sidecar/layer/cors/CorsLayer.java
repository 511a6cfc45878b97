package io.weft.sidecar.layer.cors;

import io.netty.util.AsciiString;
import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.LayerContext;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.resource.CorsResource;
import io.weft.sidecar.route.Share;
import io.weft.sidecar.route.StringMatcher;
import org.jspecify.annotations.Nullable;

/** Answers preflights and names allowed origins. Behind fault, before the router, as Istio orders them. */
public final class CorsLayer implements Layer {
    private static final AsciiString ALLOW_ORIGIN = AsciiString.cached("access-control-allow-origin");
    private static final AsciiString ALLOW_CREDENTIALS = AsciiString.cached("access-control-allow-credentials");
    private static final AsciiString ALLOW_METHODS = AsciiString.cached("access-control-allow-methods");
    private static final AsciiString ALLOW_HEADERS = AsciiString.cached("access-control-allow-headers");
    private static final AsciiString EXPOSE_HEADERS = AsciiString.cached("access-control-expose-headers");
    private static final AsciiString MAX_AGE = AsciiString.cached("access-control-max-age");
    private static final AsciiString REQUEST_METHOD = AsciiString.cached("access-control-request-method");

    private final CorsResource policy;
    private final StringMatcher[] origins;
    private final Share enabled;

    private CorsLayer(CorsResource policy) {
        this.policy = policy;
        this.origins = policy.allowOrigins().stream().map(StringMatcher::of).toArray(StringMatcher[]::new);
        this.enabled = new Share(policy.enabled());
    }

    /** Null: no origin is allowed, the layer would do nothing. */
    public static @Nullable CorsLayer of(CorsResource policy) {
        return policy.allowOrigins().isEmpty() ? null : new CorsLayer(policy);
    }

    @Override
    public Outcome onRequest(LayerContext context) {
        RequestHead head = context.requestHead();
        CharSequence origin = head.get(HeaderNames.ORIGIN);
        if (origin == null || origin.length() == 0 || !enabled.hit(context.loop())) {
            return Outcome.CONTINUE;
        }
        boolean allowed = allowed(origin.toString());
        boolean preflight = AsciiString.contentEquals("OPTIONS", head.method()) && head.contains(REQUEST_METHOD);
        if (!preflight) {
            if (allowed) {
                context.remember(this, origin.toString());
            }
            return Outcome.CONTINUE;
        }
        if (!allowed) {
            if (policy.forwardNotMatchingPreflights()) {
                return Outcome.CONTINUE;
            }
            context.answer(Http1ResponseHead.of(200), "cors_response");
            return Outcome.ANSWERED;
        }
        ResponseHead answer = Http1ResponseHead.of(200);
        answer.set(ALLOW_ORIGIN, origin);
        credentials(answer);
        set(answer, ALLOW_METHODS, policy.allowMethods());
        set(answer, ALLOW_HEADERS, policy.allowHeaders());
        set(answer, MAX_AGE, policy.maxAge());
        context.answer(answer, "cors_response");
        return Outcome.ANSWERED;
    }

    @Override
    public void onResponse(LayerContext context, ResponseHead head) {
        Object origin = context.recall(this);
        if (origin == null) {
            return;
        }
        head.set(ALLOW_ORIGIN, origin.toString());
        credentials(head);
        set(head, EXPOSE_HEADERS, policy.exposeHeaders());
    }

    private void credentials(ResponseHead head) {
        if (policy.allowCredentials()) {
            head.set(ALLOW_CREDENTIALS, "true");
        }
    }

    private static void set(ResponseHead head, AsciiString name, String value) {
        if (!value.isEmpty()) {
            head.set(name, value);
        }
    }

    private boolean allowed(String origin) {
        for (StringMatcher matcher : origins) {
            if (matcher.matches(origin)) {
                return true;
            }
        }
        return false;
    }
}
