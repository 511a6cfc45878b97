package io.weft.sidecar.http;

import io.weft.sidecar.cluster.balance.Hashes;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.route.Query;
import io.weft.sidecar.route.RoutePath;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The hash a route's policies make of a request. */
final class RequestHash {
    private RequestHash() {}

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.charAt(0) == '"' && value.charAt(value.length() - 1) == '"';
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** @param setCookie takes the {@code set-cookie} of a cookie that had to be made */
    static long of(List<RouteResource.HashPolicy> policies, RequestHead head, RoutePath path, DownstreamConnection connection, Consumer<String> setCookie) {
        long hash = 0;
        for (RouteResource.HashPolicy policy : policies) {
            CharSequence value = value(policy, head, path, connection, setCookie);
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
            RouteResource.HashPolicy policy,
            RequestHead head,
            RoutePath path,
            DownstreamConnection connection,
            Consumer<String> setCookie) {
        if (policy instanceof RouteResource.HashPolicy.Header header) {
            return head.get(header.name());
        }
        if (policy instanceof RouteResource.HashPolicy.Cookie cookie) {
            String said = cookie(head, cookie.name());
            return said != null || cookie.ttl() == null ? said : made(cookie, cookie.ttl(), connection, setCookie);
        }
        if (policy instanceof RouteResource.HashPolicy.Query query) {
            return path.query() == null ? null : Query.value(path.query(), query.name());
        }
        return connection.remoteAddress();
    }

    /** The client has no cookie yet: it gets one, and this request goes where the next will go. */
    private static String made(
            RouteResource.HashPolicy.Cookie cookie, Duration ttl, DownstreamConnection connection, Consumer<String> setCookie) {
        String value = Long.toHexString(connection.loop().nextLong());
        StringBuilder line = new StringBuilder(cookie.name()).append("=\"").append(value).append('"');
        if (!ttl.isZero()) {
            line.append("; Max-Age=").append(ttl.toSeconds());
        }
        if (!cookie.path().isEmpty()) {
            line.append("; Path=").append(cookie.path());
        }
        setCookie.accept(line.append("; HttpOnly").toString());
        return value;
    }

    private static @Nullable String cookie(RequestHead head, String name) {
        for (CharSequence line : head.getAll(HeaderNames.COOKIE)) {
            for (String pair : line.toString().split(";", -1)) {
                String trimmed = pair.trim();
                if (trimmed.length() > name.length() && trimmed.startsWith(name) && trimmed.charAt(name.length()) == '=') {
                    return unquoted(trimmed.substring(name.length() + 1));
                }
            }
        }
        return null;
    }
}
