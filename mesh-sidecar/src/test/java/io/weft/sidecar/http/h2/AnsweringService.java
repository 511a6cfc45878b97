package io.weft.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weft.sidecar.http.Downstream;
import io.weft.sidecar.http.HttpService;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HttpManagerResource;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers every request with its own path and the size of its body, when it is complete. */
final class AnsweringService implements HttpService {

    volatile boolean draining;
    volatile HttpManagerResource settings = HttpManagerResource.of("test", null, "test", List.of());

    @Override
    public RequestEvents begin(Downstream downstream, RequestHead head, boolean end) {
        Answer answer = new Answer(downstream, head);
        if (end) {
            answer.send();
        }
        return answer;
    }

    @Override
    public HttpManagerResource settings() {
        return settings;
    }

    @Override
    public boolean draining() {
        return draining;
    }

    private static final class Answer implements RequestEvents {

        private final Downstream downstream;
        private final RequestHead head;
        private long bytes;

        Answer(Downstream downstream, RequestHead head) {
            this.downstream = downstream;
            this.head = head;
        }

        void send() {
            byte[] body = (head.method() + " " + head.authority() + " " + head.path() + " " + bytes).getBytes(StandardCharsets.US_ASCII);
            Http1ResponseHead response = Http1ResponseHead.of(200);
            response.set("Content-Length", Integer.toString(body.length));
            response.set("Connection", "keep-alive");
            boolean noBody = head.method().toString().equals("HEAD");
            downstream.sendHead(response, noBody);
            if (!noBody) {
                downstream.sendData(Unpooled.wrappedBuffer(body), true);
            }
        }

        @Override
        public void onRequestData(ByteBuf data, boolean end) {
            bytes += data.readableBytes();
            data.release();
            if (end) {
                send();
            }
        }

        @Override
        public void onRequestTrailers(HeaderBlock trailers) {
            send();
        }

        @Override
        public void onDownstreamReset() {}

        @Override
        public void onDownstreamWritable() {}
    }
}
