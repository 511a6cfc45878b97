package io.weft.sidecar.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;

/**
 * A lease of a live TLS context: it always makes handlers from the newest certificates. Finding those is one volatile read. Close the
 * lease when the listener or cluster it belongs to goes; connections already made are not affected.
 */
public interface TlsContext extends AutoCloseable {

    /** Names of the two handlers that are put into a pipeline. */
    String SSL_HANDLER = "weft.tls";

    String PEER_HANDLER = "weft.tls.peer";

    TlsSpec spec();

    /** Whether handlers can be made now. */
    boolean ready();

    /**
     * Puts TLS first into the pipeline, and directly behind it what stores the {@link PeerIdentity}.
     *
     * @throws TlsUnavailableException if there is no certificate yet, or the context is closed
     */
    void addFirst(ChannelPipeline pipeline) throws TlsUnavailableException;

    /** The same behind the handler named {@code base}. */
    void addAfter(ChannelPipeline pipeline, String base) throws TlsUnavailableException;

    /** A bare handler, without {@link PeerIdentity}; the caller adds it to a pipeline, which releases it. */
    SslHandler newHandler(ByteBufAllocator allocator) throws TlsUnavailableException;

    @Override
    void close();
}
