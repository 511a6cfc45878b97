package io.weft.sidecar.xds;

import com.google.rpc.Code;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/** What both variants of ADS are: one call, whose responses are taken one at a time and answered each. */
abstract class AdsCall<Q, R> implements AdsStream, ClientResponseObserver<Q, R> {
    private final Observer observer;
    private @Nullable ClientCallStreamObserver<Q> requests;
    private boolean begun;

    AdsCall(Observer observer) {
        this.observer = observer;
    }

    abstract void answer(R response);

    final Observer observer() {
        return observer;
    }

    /** Whether the next request is the stream's first: only that needs the node, which is the largest part of a small request. */
    final boolean isFirst() {
        return !begun;
    }

    final void send(Q request) {
        if (requests != null) {
            begun = true;
            requests.onNext(request);
        }
    }

    static com.google.rpc.Status unwell(String problem) {
        return com.google.rpc.Status.newBuilder().setCode(Code.UNAVAILABLE_VALUE).setMessage(problem).build();
    }

    @Override
    public final void beforeStart(ClientCallStreamObserver<Q> stream) {
        // One message at a time: a server that pushes faster than we apply waits in its own flow-control window, not in our heap.
        stream.disableAutoRequestWithInitial(1);
        requests = stream;
    }

    @Override
    public final void onNext(R response) {
        answer(response);
        if (requests != null) {
            requests.request(1);
        }
    }

    @Override
    public final void onError(Throwable failure) {
        observer.onClosed(Status.fromThrowable(failure));
    }

    @Override
    public final void onCompleted() {
        observer.onClosed(Status.UNAVAILABLE.withDescription("the server ended the stream"));
    }

    @Override
    public final void close(String why) {
        if (requests != null) {
            requests.cancel(why, null);
        }
    }
}
