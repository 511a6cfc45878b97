package io.weft.sidecar.http.h2;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A client that writes frames no codec would write. */
final class FrameClient implements AutoCloseable {
    static final int END_STREAM = Http2Flags.END_STREAM;
    static final int END_HEADERS = Http2Flags.END_HEADERS;
    static final int PADDED = Http2Flags.PADDED;

    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

    private FrameClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(5_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        waiting.writeBytes(Http2CodecUtil.connectionPrefaceBuf().toString(StandardCharsets.US_ASCII).getBytes(StandardCharsets.US_ASCII));
        add(Http2FrameTypes.SETTINGS, 0, 0).flush();
    }

    /** Has read what the server says of its limits, and agreed. */
    static FrameClient to(int port) throws IOException {
        FrameClient client = deaf(port);
        client.add(Http2FrameTypes.SETTINGS, Http2Flags.ACK, 0).flush();
        return client;
    }

    /** Never agrees to anything. */
    static FrameClient deaf(int port) throws IOException {
        FrameClient client = new FrameClient(port);
        int first = client.in.readInt();
        if ((first & 0xff) != Http2FrameTypes.SETTINGS) {
            throw new IOException("first frame: " + (first & 0xff) + " (expected: SETTINGS)");
        }
        client.in.skipNBytes(5 + (first >>> 8));
        return client;
    }

    /** Adds a frame to what is sent next. */
    FrameClient add(int type, int flags, int stream, byte... payload) {
        waiting.writeBytes(ByteBuffer.allocate(9).putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).array());
        waiting.writeBytes(payload);
        return this;
    }

    FrameClient headers(int flags, int stream, HeaderBytes block) {
        return add(Http2FrameTypes.HEADERS, flags, stream, block.bytes());
    }

    FrameClient data(int flags, int stream, byte... payload) {
        return add(Http2FrameTypes.DATA, flags, stream, payload);
    }

    void flush() throws IOException {
        byte[] all = waiting.toByteArray();
        waiting.reset();
        try {
            socket.getOutputStream().write(all);
        } catch (SocketException closedMeanwhile) {
            // the server has had enough before all was said: why, is there to be read
        }
    }

    /** The whole answer to a simple request. */
    String get(int stream) throws IOException, Http2Exception {
        headers(END_HEADERS | END_STREAM, stream, HeaderBytes.request("GET")).flush();
        return next() + ", " + next();
    }

    /** The next frame that is about a request or about the end, with its stream. */
    String next() throws IOException, Http2Exception {
        try {
            while (true) {
                int head = in.readInt();
                in.readByte();
                int stream = in.readInt();
                byte[] payload = in.readNBytes(head >>> 8);
                switch (head & 0xff) {
                    case Http2FrameTypes.HEADERS -> {
                        return stream + " status " + decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload)).status();
                    }
                    case Http2FrameTypes.DATA -> {
                        return stream + " data " + new String(payload, StandardCharsets.US_ASCII);
                    }
                    case Http2FrameTypes.RST_STREAM -> {
                        return stream + " reset " + ByteBuffer.wrap(payload).getInt();
                    }
                    case Http2FrameTypes.GO_AWAY -> {
                        return "goaway " + ByteBuffer.wrap(payload).getInt(4) + " " + new String(payload, 8, payload.length - 8, StandardCharsets.UTF_8);
                    }
                    case Http2FrameTypes.SETTINGS, Http2FrameTypes.PING, Http2FrameTypes.WINDOW_UPDATE -> { }
                    default -> throw new IOException("frame of type " + (head & 0xff) + ": " + Arrays.toString(payload));
                }
            }
        } catch (EOFException | SocketException closed) {
            return "closed";
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
