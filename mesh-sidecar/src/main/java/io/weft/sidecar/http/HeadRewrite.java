package io.weft.sidecar.http;

import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.route.FormatContext;
import io.weft.sidecar.route.PathRewrite;
import org.jspecify.annotations.Nullable;

/** What a route changes in a head before it is forwarded: headers, host, path, in this order. */
final class HeadRewrite {
    private HeadRewrite() {}

    static void apply(ForwardPlan to, ForwardPlan.Destination chosen, RequestHead head, FormatContext context) {
        chosen.requestEdits().apply(head, context);
        String wanted = wantedHost(to, chosen, head);
        if (wanted != null) {
            host(to, head, wanted);
        }
        PathRewrite change = to.rewrite;
        if (change != null) {
            String before = head.path();
            String after = change.apply(before);
            if (!after.equals(before)) {
                head.set(HeaderNames.X_ENVOY_ORIGINAL_PATH, before);
                head.path(after);
            }
        }
    }

    /** The destination's own word goes before the route's. */
    private static @Nullable String wantedHost(ForwardPlan to, ForwardPlan.Destination chosen, RequestHead head) {
        if (chosen.hostRewrite() != null && !chosen.hostRewrite().isEmpty()) {
            return chosen.hostRewrite();
        }
        RouteResource.HostRewrite rewrite = to.resource.hostRewrite();
        if (rewrite == null) {
            return null;
        }
        CharSequence byHeader = rewrite.header() == null ? null : head.get(rewrite.header());
        return rewrite.literal() != null ? rewrite.literal() : byHeader == null ? null : byHeader.toString();
    }

    static void host(ForwardPlan to, RequestHead head, String wanted) {
        if (to.resource.appendForwardedHost()) {
            head.add(HeaderNames.X_FORWARDED_HOST, head.authority());
        }
        head.authority(wanted);
    }
}
