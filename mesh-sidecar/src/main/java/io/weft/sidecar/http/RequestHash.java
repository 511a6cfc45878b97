package io.weft.sidecar.http;

import io.weft.sidecar.cluster.balance.Hashes;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.route.Query;
import io.weft.sidecar.route.RoutePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hash a route's policies make of a request. */
final class RequestHash {
    private RequestHash() {}

    static long of(List<RouteResource.HashPolicy> policies, RequestHead head, RoutePath path, DownstreamConnection connection) {
        long hash = 0;
        for (RouteResource.HashPolicy policy : policies) {
            CharSequence value = value(policy, head, path, connection);
            if (value != null) {
                long one = Hashes.of(value);
                hash = hash == 0 ? one : Hashes.combine(hash, one);
                if (policy.terminal()) {
                    return hash;
                }
            }
        }
        return hash;
    }

    private static @Nullable CharSequence value(
            RouteResource.HashPolicy policy, RequestHead head, RoutePath path, DownstreamConnection connection) {
        if (policy instanceof RouteResource.HashPolicy.Header header) {
            return head.get(header.name());
        }
        if (policy instanceof RouteResource.HashPolicy.Cookie cookie) {
            return cookie(head, cookie.name());
        }
        if (policy instanceof RouteResource.HashPolicy.Query query) {
            return path.query() == null ? null : Query.value(path.query(), query.name());
        }
        return connection.remoteAddress();
    }

    private static @Nullable String cookie(RequestHead head, String name) {
        for (CharSequence line : head.getAll(HeaderNames.COOKIE)) {
            for (String pair : line.toString().split(";", -1)) {
                String trimmed = pair.trim();
                if (trimmed.length() > name.length() && trimmed.startsWith(name) && trimmed.charAt(name.length()) == '=') {
                    return trimmed.substring(name.length() + 1);
                }
            }
        }
        return null;
    }
}
