package io.weft.sidecar.http;

import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.observe.log.Finished;
import io.weft.sidecar.observe.trace.Span;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.tls.PeerIdentity;
import org.jspecify.annotations.Nullable;

/** A finished exchange as access logs, spans and metrics see it. Valid only during {@link RequestObserver#onEnd}. */
public interface RequestLog extends Finished {
    /** As forwarded: normalised and rewritten. */
    RequestHead request();

    /** The path as it was before any rewrite of a route. */
    String originalPath();

    /** Null when no head was sent. */
    @Nullable ResponseHead response();

    /** Status sent, 0 when none was. */
    int status();

    /** Envoy's {@code RESPONSE_CODE_DETAILS}. */
    String details();

    /** gRPC status of the answer; -1 when it is not gRPC or has none. */
    int grpcStatus();

    /** Until the upstream's head; -1 without one. */
    long upstreamNanos();

    /** Null when no route matched. */
    @Nullable String routeName();

    int attempts();

    DownstreamConnection connection();

    /** Null when none was chosen. */
    @Nullable Cluster cluster();

    /** The endpoint of the last attempt; null without one. */
    @Nullable Host host();

    /** Who the endpoint of the last attempt has proven to be; null without TLS, or without a connection. */
    @Nullable PeerIdentity upstreamPeer();

    /** Who has called, by what a peer with a mesh certificate says of itself. */
    Workload source();

    /** This proxy's span; null when the request is not sampled. */
    @Nullable Span span();

    /** Whether it is a gRPC call. */
    boolean grpc();

    /** gRPC messages of the client. */
    long requestMessages();

    /** gRPC messages of the answer. */
    long responseMessages();
}
