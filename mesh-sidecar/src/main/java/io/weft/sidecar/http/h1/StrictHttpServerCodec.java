package io.weft.sidecar.http.h1;

import io.netty.channel.ChannelPipeline;

/** Our strict decoder and encoder for the server side of HTTP/1, as a pair. */
public final class StrictHttpServerCodec {

    /** The encoder's name in the pipeline; it stands directly before the decoder. */
    public static final String ENCODER = "weft.http1Encoder";

    private final StrictHttpRequestDecoder decoder;
    private final StrictHttpResponseEncoder encoder;

    public StrictHttpServerCodec(Http1Limits limits) {
        ServerState state = new ServerState();
        decoder = new StrictHttpRequestDecoder(limits, state);
        encoder = new StrictHttpResponseEncoder(state, decoder);
    }

    /** Adds the pair at the end of {@code pipeline}, the decoder under {@code name}. */
    public void addLast(ChannelPipeline pipeline, String name) {
        pipeline.addLast(ENCODER, encoder);
        pipeline.addLast(name, decoder);
    }

    /** Puts the pair where the handler {@code name} (Netty's codec) stands; the decoder inherits the name. */
    public void replace(ChannelPipeline pipeline, String name) {
        pipeline.replace(name, name, decoder);
        pipeline.addBefore(name, ENCODER, encoder);
    }
}
