package io.weft.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.weft.sidecar.cluster.pool.ConnectionOwner;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.cluster.pool.UpstreamEvents;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.http.Downstream;
import io.weft.sidecar.http.HttpService;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.HttpManagerResource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The shortest proxy between our server side and our client side: a few upstream connections, no policy. */
final class ForwardingService implements HttpService, ConnectionOwner {

    private final TestLoops loops;
    private final int port;
    private final List<UpstreamConnection> connections = new ArrayList<>();
    private boolean connecting;
    private final List<Forward> waiting = new ArrayList<>();
    final List<UpstreamFailure> failures = new CopyOnWriteArrayList<>();
    final List<Channel> upstreams = new CopyOnWriteArrayList<>();
    volatile int resets;

    ForwardingService(TestLoops loops, int port) {
        this.loops = loops;
        this.port = port;
    }

    @Override
    public RequestEvents begin(Downstream downstream, RequestHead head, boolean end) {
        Forward forward = new Forward(downstream, head, end);
        UpstreamConnection free = free();
        if (free != null) {
            forward.start(free);
        } else {
            waiting.add(forward);
            if (!connecting && connections.size() < 8) {
                connecting = true;
                loops.connect(downstream.connection().channel().eventLoop(), port, channel -> {
                    upstreams.add(channel);
                    new Http2UpstreamCodec().install(channel, downstream.connection().loop(), this, ClusterResource.HttpProtocol.HTTP2);
                });
            }
        }
        return forward;
    }

    private UpstreamConnection free() {
        for (UpstreamConnection connection : connections) {
            if (connection.freeStreams() > 0) {
                return connection;
            }
        }
        return null;
    }

    private void drainWaiting(UpstreamConnection ready) {
        while (!waiting.isEmpty() && ready.freeStreams() > 0) {
            waiting.remove(0).start(ready);
        }
    }

    @Override
    public void onReady(UpstreamConnection ready) {
        connecting = false;
        connections.add(ready);
        drainWaiting(ready);
    }

    @Override
    public void onFree(UpstreamConnection ready) {
        drainWaiting(ready);
    }

    @Override
    public void onDraining(UpstreamConnection old) {
        connections.remove(old);
    }

    @Override
    public void onClosed(UpstreamConnection old) {
        connections.remove(old);
    }

    @Override
    public HttpManagerResource settings() {
        return HttpManagerResource.of("test", null, "test", List.of());
    }

    @Override
    public boolean draining() {
        return false;
    }

    private final class Forward implements RequestEvents, UpstreamEvents {

        private final Downstream downstream;
        private final RequestHead head;
        private final boolean end;
        private final List<ByteBuf> early = new ArrayList<>();
        private boolean earlyEnd;
        private boolean headSent;
        private UpstreamStream stream;

        Forward(Downstream downstream, RequestHead head, boolean end) {
            this.downstream = downstream;
            this.head = head;
            this.end = end;
        }

        void start(UpstreamConnection ready) {
            stream = ready.open(this);
            stream.sendHead(head, end);
            for (int i = 0; i < early.size(); i++) {
                stream.sendData(early.get(i), earlyEnd && i == early.size() - 1);
            }
            early.clear();
        }

        @Override
        public void onRequestData(ByteBuf data, boolean last) {
            if (stream == null) {
                early.add(data);
                earlyEnd = last;
                return;
            }
            stream.sendData(data, last);
            if (!stream.isWritable()) {
                downstream.setReading(false);
            }
        }

        @Override
        public void onRequestTrailers(HeaderBlock trailers) {
            stream.sendTrailers(trailers);
        }

        @Override
        public void onDownstreamReset() {
            resets++;
            if (stream != null) {
                stream.cancel();
            } else {
                waiting.remove(this);
                early.forEach(ByteBuf::release);
            }
        }

        @Override
        public void onDownstreamWritable() {
            stream.setReading(true);
        }

        @Override
        public void onInformational(ResponseHead response) {
            downstream.sendInformational(response);
        }

        @Override
        public void onHead(ResponseHead response, boolean last) {
            headSent = true;
            downstream.sendHead(response, last);
        }

        @Override
        public void onData(ByteBuf data, boolean last) {
            downstream.sendData(data, last);
            if (!downstream.isWritable()) {
                stream.setReading(false);
            }
        }

        @Override
        public void onTrailers(HeaderBlock trailers) {
            downstream.sendTrailers(trailers);
        }

        @Override
        public void onReset(UpstreamFailure failure) {
            failures.add(failure);
            if (headSent) {
                downstream.reset();
            } else {
                downstream.sendHead(Http1ResponseHead.of(503), true);
            }
        }

        @Override
        public void onUpstreamWritable() {
            downstream.setReading(true);
        }
    }
}
