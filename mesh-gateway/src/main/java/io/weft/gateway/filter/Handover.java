package io.weft.gateway.filter;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AttributeKey;
import io.weft.sidecar.http.Onward;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import reactor.netty.Connection;

/**
 * Where WebFlux finds the engine's half of a request: at the connection, because nothing else goes through Reactor Netty with it. The pipeline's handlers put it
 * there before the request goes on and take it away at its end. They do so on the event loop; a filter of the user's may ask on another thread.
 */
public final class Handover {

    private static final AttributeKey<Onward> CURRENT = AttributeKey.valueOf(Handover.class, "current");
    private static final AttributeKey<Map<Integer, Onward>> STREAMS = AttributeKey.valueOf(Handover.class, "streams");
    private static final String FOUND = Handover.class.getName();

    private Handover() {}

    /** HTTP/1.1: the one request of the connection; null at its end. */
    public static void current(Channel connection, @Nullable Onward request) {
        connection.attr(CURRENT).set(request);
    }

    /** HTTP/2, at the connection. */
    public static void stream(Channel connection, int stream, Onward request) {
        Map<Integer, Onward> streams = connection.attr(STREAMS).get();
        if (streams == null) {
            streams = new ConcurrentHashMap<>();
            connection.attr(STREAMS).set(streams);
        }
        streams.put(stream, request);
    }

    /** Null when there is none. */
    public static @Nullable Onward stream(Channel connection, int stream) {
        Map<Integer, Onward> streams = connection.attr(STREAMS).get();
        return streams == null ? null : streams.get(stream);
    }

    /** What was there. */
    public static @Nullable Onward streamEnded(Channel connection, int stream) {
        Map<Integer, Onward> streams = connection.attr(STREAMS).get();
        return streams == null ? null : streams.remove(stream);
    }

    /** All that were there. */
    public static void streamsEnded(Channel connection, Consumer<Onward> told) {
        Map<Integer, Onward> streams = connection.attr(STREAMS).getAndSet(null);
        if (streams != null) {
            streams.values().forEach(told);
        }
    }

    /** Null for what did not come through a listener of the mesh: Actuator's port. */
    public static @Nullable Onward of(ServerWebExchange exchange) {
        Onward found = exchange.getAttribute(FOUND);
        if (found == null) {
            found = of(exchange.getRequest());
            if (found != null) {
                exchange.getAttributes().put(FOUND, found);
            }
        }
        return found;
    }

    private static @Nullable Onward of(ServerHttpRequest request) {
        Channel channel = channel(request);
        if (channel == null) {
            return null;
        }
        if (channel instanceof Http2StreamChannel stream) {
            return stream(stream.parent(), stream.stream().id());
        }
        return channel.attr(CURRENT).get();
    }

    /** The connection's, or with HTTP/2 the stream's; null for what is no request of Reactor Netty's. */
    static @Nullable Channel channel(ServerHttpRequest request) {
        ServerHttpRequest plain = request;
        while (plain instanceof ServerHttpRequestDecorator decorator) {
            plain = decorator.getDelegate();
        }
        if (!(plain instanceof AbstractServerHttpRequest own)) {
            return null;
        }
        Object netty = own.getNativeRequest();
        return netty instanceof Connection connection ? connection.channel() : null;
    }
}
