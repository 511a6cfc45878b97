package io.weft.gateway.filter;

import java.util.List;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.cloud.gateway.filter.GlobalFilter;
import org.springframework.cloud.gateway.filter.NettyWriteResponseFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.Ordered;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** Writes the answer that came through the engine, behind everything that filters do with it: right before Spring's filter that does so for its own client. */
final class MeshAnswerFilter implements GlobalFilter, Ordered {

    private final List<MediaType> streaming;

    /** @param streaming what is flushed piece by piece */
    MeshAnswerFilter(List<MediaType> streaming) {
        this.streaming = List.copyOf(streaming);
    }

    @Override
    public int getOrder() {
        return NettyWriteResponseFilter.WRITE_RESPONSE_FILTER_ORDER + 1;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
        return written(exchange, chain.filter(exchange));
    }

    /** Writes what {@code answered} has brought, and lets the endpoint go when it is not wanted any more. */
    Mono<Void> written(ServerWebExchange exchange, Mono<Void> answered) {
        return answered.then(Mono.defer(() -> write(exchange))).doFinally(signal -> {
            if (signal != SignalType.ON_COMPLETE) {
                letGo(exchange);
            }
        });
    }

    private static void letGo(ServerWebExchange exchange) {
        Transfer transfer = MeshRouting.of(exchange);
        if (transfer != null) {
            transfer.dispose();
        }
    }

    private Mono<Void> write(ServerWebExchange exchange) {
        Transfer transfer = MeshRouting.of(exchange);
        if (transfer == null) {
            return Mono.empty();
        }
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            letGo(exchange);
            return Mono.empty();
        }
        // Written here: Spring's filter, which comes next on the way back, has nothing to do.
        exchange.getAttributes().remove(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
        AnswerBody body = transfer.body();
        Mono<Void> written;
        if (body.isWhole()) {
            written = response.writeWith(Mono.fromSupplier(body::takeWhole));
        } else if (body.isEmpty()) {
            written = response.setComplete();
        } else {
            Trailers.declare(transfer, response);
            written = isStreaming(response) ? response.writeAndFlushWith(body.map(Flux::just)) : response.writeWith(body);
        }
        // Whatever is left of the body then, a filter has answered something else.
        return written.doFinally(signal -> transfer.dispose());
    }

    private boolean isStreaming(ServerHttpResponse response) {
        String said = response.getHeaders().getFirst("content-type");
        if (said == null) {
            return false;
        }
        MediaType type;
        try {
            type = MediaType.parseMediaType(said);
        } catch (org.springframework.http.InvalidMediaTypeException | InvalidMimeTypeException e) {
            // The endpoint's own affair: it is passed on as it is, and not taken for a stream.
            return false;
        }
        for (MediaType candidate : streaming) {
            if (candidate.isCompatibleWith(type)) {
                return true;
            }
        }
        return false;
    }
}
