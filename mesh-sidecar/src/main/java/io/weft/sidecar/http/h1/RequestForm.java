package io.weft.sidecar.http.h1;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpScheme;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.resource.HttpManagerResource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Brings a request line into the form the engine works on: origin form, authority apart, hop-by-hop fields gone. */
final class RequestForm {
    private RequestForm() {}

    static Http1RequestHead head(HttpRequest request, boolean tls, HttpManagerResource settings) {
        HttpHeaders headers = request.headers();
        String upgrade = upgrade(headers, settings);
        HopByHop.remove(headers);
        String scheme = tls ? "https" : "http";
        String uri = request.uri();
        String authority = headers.get(HeaderNames.HOST, "");
        if (HttpMethod.CONNECT.equals(request.method())) {
            authority = uri;
            headers.set(HeaderNames.HOST, authority);
        } else if (!uri.isEmpty() && uri.charAt(0) != '/' && uri.charAt(0) != '*') {
            int start = uri.indexOf("://") + 3;
            int end = endOfAuthority(uri, start);
            authority = uri.substring(start, end);
            String path = uri.substring(end);
            request.setUri(path.startsWith("/") ? path : '/' + path);
            headers.set(HeaderNames.HOST, authority);
        }
        Http1RequestHead head = new Http1RequestHead(request, authority, scheme);
        head.upgrade(upgrade);
        return head;
    }

    private static int endOfAuthority(String uri, int start) {
        int i = start;
        while (i < uri.length() && uri.charAt(i) != '/' && uri.charAt(i) != '?' && uri.charAt(i) != '#') {
            i++;
        }
        return i;
    }

    /** Only an upgrade that is configured is one; {@code h2c} never is. */
    private static @Nullable String upgrade(HttpHeaders headers, HttpManagerResource settings) {
        String wanted = headers.get(HeaderNames.UPGRADE);
        if (wanted == null || !headers.containsValue(HeaderNames.CONNECTION, HeaderNames.UPGRADE, true)) {
            return null;
        }
        String lower = wanted.toLowerCase(Locale.ROOT);
        return settings.upgradeTypes().contains(lower) && !lower.equals(HttpScheme.HTTP.name().toString()) ? lower : null;
    }
}
