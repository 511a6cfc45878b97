package io.weft.gateway.filter;

import io.netty.channel.EventLoop;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.http.Onward;
import io.weft.sidecar.message.RequestHead;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Sends requests of WebFlux's through the engine. */
final class MeshRouting {

    private static final Logger log = LoggerFactory.getLogger(MeshRouting.class);

    private final List<HttpHeadersFilter> filters;

    /** @param filters the user's own; what Spring's do is done by the engine */
    MeshRouting(List<HttpHeadersFilter> filters) {
        this.filters = List.copyOf(filters);
    }

    /** Completes when the answer's head is in the exchange's response; its body is the exchange's {@code CLIENT_RESPONSE_CONN_ATTR}. */
    Mono<Void> toCluster(ServerWebExchange exchange, String cluster, URI target, ClusterTransfer.Timeouts timeouts) {
        return transfer(exchange, transfer -> {
            Onward onward = transfer.onward();
            Cluster found = onward.cluster(cluster);
            if (found == null) {
                transfer.failed(new UpstreamTroubleException(onward.noCluster(), new UpstreamFailedException("cluster " + cluster + " is not there")));
                return;
            }
            RequestHead head = RequestHeads.of(exchange, target, onward.connection().tls(), false, filters);
            ClusterTransfer.start(transfer, found, head, hasBody(exchange, onward, head), timeouts);
        });
    }

    /** The same for the mesh's own routes. */
    Mono<Void> toMesh(ServerWebExchange exchange, URI target) {
        return transfer(exchange, transfer -> {
            RequestHead head = RequestHeads.of(exchange, target, transfer.onward().connection().tls(), true, filters);
            MeshTransfer.start(transfer, head, hasBody(exchange, transfer.onward(), head));
        });
    }

    private static boolean hasBody(ServerWebExchange exchange, Onward onward, RequestHead head) {
        return head.upgrade() == null && RequestHeads.hasBody(exchange.getRequest(), onward.bodyless());
    }

    private interface Start {
        void begin(Transfer transfer);
    }

    private static Mono<Void> transfer(ServerWebExchange exchange, Start start) {
        Onward onward = Handover.of(exchange);
        if (onward == null) {
            return Mono.error(new IllegalStateException("a request that did not come through a listener of the mesh"));
        }
        EventLoop loop = onward.connection().loop().eventLoop();
        return Mono.create(sink -> {
            if (loop.inEventLoop()) {
                begin(exchange, onward, start, sink);
            } else {
                loop.execute(() -> begin(exchange, onward, start, sink));
            }
        });
    }

    private static void begin(ServerWebExchange exchange, Onward onward, Start start, MonoSink<Void> sink) {
        Transfer transfer = new Transfer(exchange, onward, sink);
        Transfer before = of(exchange);
        if (before != null) {
            before.dispose();
        }
        exchange.getAttributes().put(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR, transfer);
        try {
            start.begin(transfer);
        } catch (IllegalArgumentException e) {
            // Of what a client says, filters may have made a header or a path that cannot be sent: it shall not fill the log with stack traces.
            log.warn("{}: a filter has made a request that cannot be sent: {}", exchange.getLogPrefix().strip(), e.getMessage());
            transfer.failed(new UpstreamTroubleException(new Onward.Trouble(500, ""), e));
        }
    }

    /** The answer that is on its way; null when there is none of the engine's. */
    static @Nullable Transfer of(ServerWebExchange exchange) {
        Object connection = exchange.getAttribute(ServerWebExchangeUtils.CLIENT_RESPONSE_CONN_ATTR);
        return connection instanceof Transfer transfer ? transfer : null;
    }
}
