package io.weft.gateway.filter;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.message.Http2RequestHead;
import io.weft.sidecar.message.RequestHead;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/** The head that filters have made of a request, as the engine sends it. */
final class RequestHeads {

    /** Of one connection only; what of them the endpoint must see, its codec writes. */
    private static final Set<String> NOT_PASSED = Set.of(
            "host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "expect",
            // what the engine alone says, and only to the mesh
            "x-envoy-peer-metadata", "x-envoy-peer-metadata-id");

    /** What Netty's translation from HTTP/2 leaves. */
    private static final String OF_THE_TRANSLATION = "x-http2-";

    private RequestHeads() {}

    /**
     * @param target path and query, and the host unless filters ask for the client's to be kept
     * @param secure the client came by TLS
     * @param keepHost the client's host stays in any case
     */
    static RequestHead of(ServerWebExchange exchange, URI target, boolean secure, boolean keepHost, List<HttpHeadersFilter> filters) {
        ServerHttpRequest request = exchange.getRequest();
        String clients = request.getHeaders().getFirst("host");
        boolean keep = keepHost || exchange.getAttributeOrDefault(ServerWebExchangeUtils.PRESERVE_HOST_HEADER_ATTRIBUTE, false);
        String authority = keep && clients != null ? clients : authority(target, clients);
        // Filters put pieces of decoded paths into headers: values are validated, or one of them could become two requests.
        HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
        headers.set(HeaderNames.HOST, authority);
        org.springframework.http.HttpHeaders from =
                filters.isEmpty() ? request.getHeaders() : HttpHeadersFilter.filterRequest(filters, exchange);
        from.forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!NOT_PASSED.contains(lower) && !lower.startsWith(OF_THE_TRANSLATION)) {
                headers.add(lower, values);
            }
        });
        Http1RequestHead head = new Http1RequestHead(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(request.getMethod().name()), path(target), headers),
                authority,
                secure ? "https" : "http");
        head.upgrade(upgrade(request));
        return Handover.channel(request) instanceof Http2StreamChannel ? Http2RequestHead.from(head) : head;
    }

    private static String authority(URI target, String clients) {
        if (target.getHost() == null) {
            return clients == null ? "" : clients;
        }
        return target.getPort() < 0 ? target.getHost() : target.getHost() + ':' + target.getPort();
    }

    private static String path(URI target) {
        String path = target.getRawPath() == null || target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        String whole = target.getRawQuery() == null ? path : path + '?' + target.getRawQuery();
        return ascii(whole) ? whole : URI.create(whole).toASCIIString();
    }

    private static boolean ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7e) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable String upgrade(ServerHttpRequest request) {
        String upgrade = request.getHeaders().getFirst("upgrade");
        return upgrade != null && AsciiString.contentEqualsIgnoreCase("websocket", upgrade) ? "websocket" : null;
    }

    /**
     * What the head says of the body's length; -1: nothing.
     *
     * @throws IllegalArgumentException for what is no length, or several
     */
    static long length(RequestHead head) {
        List<? extends CharSequence> said = head.getAll(HeaderNames.CONTENT_LENGTH);
        if (said.isEmpty()) {
            return -1;
        }
        String length = said.get(0).toString();
        boolean digits = !length.isEmpty() && length.length() < 19 && length.chars().allMatch(c -> c >= '0' && c <= '9');
        if (said.size() > 1 || !digits) {
            throw new IllegalArgumentException("content-length: " + said + " (expected: one number)");
        }
        return Long.parseLong(length);
    }

    /** Whether a body may follow. */
    static boolean hasBody(ServerHttpRequest request, boolean cameWithout) {
        org.springframework.http.HttpHeaders headers = request.getHeaders();
        String length = headers.getFirst("content-length");
        if (length != null) {
            return !length.equals("0");
        }
        return !cameWithout || headers.getFirst("transfer-encoding") != null;
    }
}
