package io.weft.gateway.filter;

import io.weft.sidecar.message.HeaderBlock;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.netty.http.server.HttpServerResponse;

/** Passes on the trailers that a response announces: Reactor Netty writes no others. */
final class Trailers {

    private Trailers() {}

    static void declare(Transfer transfer, ServerHttpResponse response) {
        String announced = response.getHeaders().getFirst("trailer");
        if (announced == null) {
            return;
        }
        Set<String> names = Arrays.stream(announced.split(","))
                .map(name -> name.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        ServerHttpResponse plain = response;
        while (plain instanceof ServerHttpResponseDecorator decorator) {
            plain = decorator.getDelegate();
        }
        if (plain instanceof AbstractServerHttpResponse own && own.getNativeResponse() instanceof HttpServerResponse netty) {
            netty.trailerHeaders(headers -> {
                HeaderBlock came = transfer.trailers();
                if (came != null) {
                    came.forEach((name, value) -> {
                        if (names.contains(name.toString().toLowerCase(Locale.ROOT))) {
                            headers.add(name, value);
                        }
                    });
                }
            });
        }
    }
}
