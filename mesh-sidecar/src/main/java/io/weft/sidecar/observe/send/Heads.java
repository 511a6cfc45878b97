package io.weft.sidecar.observe.send;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.message.Http2RequestHead;
import io.weft.sidecar.message.RequestHead;

/** Heads of requests of our own. */
public final class Heads {
    private static final String AGENT = "weft";

    private Heads() {}

    /** @param path {@code /service/method} */
    public static RequestHead grpc(String authority, String path) {
        DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
        headers.method("POST").path(path).scheme("http").authority(authority);
        headers.set(HeaderNames.CONTENT_TYPE, "application/grpc");
        headers.set(HeaderNames.TE, "trailers");
        headers.set("user-agent", AGENT);
        return new Http2RequestHead(headers);
    }

    public static RequestHead post(String authority, String path, String type, int length) {
        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, path);
        request.headers()
                .set(HeaderNames.HOST, authority)
                .set(HeaderNames.CONTENT_TYPE, type)
                .set(HeaderNames.CONTENT_LENGTH, Integer.toString(length))
                .set("user-agent", AGENT);
        return new Http1RequestHead(request, authority, "http");
    }

    /** A gRPC message with its prefix, not compressed. */
    public static byte[] framed(byte[] message) {
        byte[] framed = new byte[message.length + 5];
        for (int i = 0; i < 4; i++) {
            framed[i + 1] = (byte) (message.length >>> 24 - 8 * i);
        }
        System.arraycopy(message, 0, framed, 5, message.length);
        return framed;
    }
}
