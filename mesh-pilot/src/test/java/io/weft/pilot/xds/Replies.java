package io.weft.pilot.xds;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.weft.pilot.generate.ResourceType;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** What a server has said on a stream, one after the other, and how it ended it. */
final class Replies<R> implements StreamObserver<R> {

    private final Function<R, String> typeUrl;
    private final BlockingQueue<R> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();

    Replies(Function<R, String> typeUrl) {
        this.typeUrl = typeUrl;
    }

    @Override
    public void onNext(R response) {
        responses.add(response);
    }

    @Override
    public void onError(Throwable error) {
        end.complete(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    /** The next response, of this type. */
    R expect(ResourceType type) {
        R response = next(Duration.ofSeconds(5));
        if (response == null) {
            throw new AssertionError("no response of " + type + " came; the stream: " + end.getNow(null));
        }
        if (!typeUrl.apply(response).equals(type.typeUrl())) {
            throw new AssertionError("expected " + type + " but was " + response);
        }
        return response;
    }

    /** Null: nothing came in this time. */
    R next(Duration within) {
        try {
            return responses.poll(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Status ended() {
        return end.orTimeout(10, TimeUnit.SECONDS).join();
    }
}
