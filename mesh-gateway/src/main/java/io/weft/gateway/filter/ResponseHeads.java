package io.weft.gateway.filter;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.util.AsciiString;
import io.weft.sidecar.message.ResponseHead;
import java.util.HashSet;
import java.util.Set;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.server.ServerWebExchange;

/** An endpoint's head becomes that of the exchange's response, as Spring Cloud Gateway's own client does it, so that {@code Retry} and fallbacks can take it back. */
final class ResponseHeads {

    private static final String GRPC_TRAILERS = "grpc-status, grpc-message, grpc-status-details-bin";

    private ResponseHeads() {}

    static void copy(ResponseHead head, ServerWebExchange exchange) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        Set<String> names = new HashSet<>();
        head.forEach((name, value) -> {
            if (!isOfTheConnection(name)) {
                String text = name.toString();
                String content = value.toString();
                // What a filter has set before is replaced, what the endpoint says twice stays twice.
                if (names.add(text)) {
                    headers.set(text, content);
                } else {
                    headers.add(text, content);
                }
            }
        });
        String contentType = headers.getFirst(HttpHeaders.CONTENT_TYPE);
        if (contentType != null) {
            exchange.getAttributes().put(ServerWebExchangeUtils.ORIGINAL_RESPONSE_CONTENT_TYPE_ATTR, contentType);
            if (contentType.startsWith("application/grpc") && headers.getFirst("grpc-status") == null) {
                headers.set(HttpHeaders.TRAILER, GRPC_TRAILERS);
                names.add(HttpHeaders.TRAILER);
            }
        }
        exchange.getAttributes().put(ServerWebExchangeUtils.CLIENT_RESPONSE_HEADER_NAMES, names);
        exchange.getResponse().setStatusCode(HttpStatusCode.valueOf(head.status()));
    }

    private static boolean isOfTheConnection(CharSequence name) {
        return AsciiString.contentEqualsIgnoreCase(HttpHeaderNames.CONNECTION, name)
                || AsciiString.contentEqualsIgnoreCase(HttpHeaderNames.TRANSFER_ENCODING, name)
                || AsciiString.contentEqualsIgnoreCase("keep-alive", name)
                || AsciiString.contentEqualsIgnoreCase("proxy-connection", name)
                || AsciiString.contentEqualsIgnoreCase(HttpHeaderNames.UPGRADE, name);
    }
}
