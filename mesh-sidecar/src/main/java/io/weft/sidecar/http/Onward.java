package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.retry.RetryRules;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * A request that has passed the engine's gate and policy and went on to whoever stands behind it. The engine keeps its record, so that metrics, logs and spans
 * tell of it as of any other, once; and lends its clusters. Everything happens on the event loop of {@link #connection()}.
 */
public interface Onward {
    DownstreamConnection connection();

    /** The request came without a body. */
    boolean bodyless();

    /** Whether it was handed over before the mesh's routes were asked ({@link FallThrough#wantsFirst}). */
    boolean first();

    /** Whether one of the mesh's routes claims the request as it came. */
    boolean claimedByMesh();

    /** What stands for the route's name in logs and spans. */
    void routeName(String name);

    /** Null when there is no such cluster now. */
    @Nullable Cluster cluster(String name);

    /** A request to one of the engine's clusters; the last one made is what the record tells of. {@link UpstreamCall#start} must follow. */
    UpstreamCall call(UpstreamCaller caller, Cluster cluster, RequestHead head, RequestBody body, @Nullable RetryRules retry);

    /** The head of an answer of the last call has come. */
    void answered();

    /** The last call has failed; returns what the client is to be told unless somebody makes good for it. */
    Trouble failed(UpstreamFailure failure);

    /** The last call took too long. */
    Trouble timedOut();

    /** The cluster that was meant is not there. */
    Trouble noCluster();

    /**
     * Goes on as the mesh's own routes say, 404 when there is none.
     *
     * @param downstream takes the answer
     * @param head as it is now: it is normalised, routed, and policy asked again
     */
    RequestEvents resume(Downstream downstream, RequestHead head, boolean end);

    /** A status and a body, as Envoy words them. */
    record Trouble(int status, String body) {}

    // what goes by between the client and whoever has the request now

    /** Not taken over. */
    void seeRequestData(ByteBuf data);

    /** Adds to it what every answer of this proxy has. */
    void seeHead(ResponseHead head);

    /** Not taken over. */
    void seeData(ByteBuf data);

    void seeTrailers(HeaderBlock trailers);

    /** The answer is complete. */
    void ended();

    /** The answer will not be completed: the client is gone or its stream was reset. After {@link #ended}: nothing. */
    void brokenOff();
}
