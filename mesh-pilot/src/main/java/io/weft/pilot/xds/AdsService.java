package io.weft.pilot.xds;

import com.google.common.util.concurrent.MoreExecutors;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The ADS methods: makes a connection of each stream and hands requests to it one at a time. */
final class AdsService extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {

    private final AdsContext context;
    private final Executor workers;

    AdsService(AdsContext context, Executor workers) {
        this.context = context;
        this.workers = workers;
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> responses) {
        ServerCallStreamObserver<DiscoveryResponse> out = (ServerCallStreamObserver<DiscoveryResponse>) responses;
        return open(out, new SotwWire(out), false, AdsRequest::of);
    }

    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(StreamObserver<DeltaDiscoveryResponse> responses) {
        ServerCallStreamObserver<DeltaDiscoveryResponse> out = (ServerCallStreamObserver<DeltaDiscoveryResponse>) responses;
        return open(out, new DeltaWire(out), true, AdsRequest::of);
    }

    private <T> StreamObserver<T> open(ServerCallStreamObserver<?> out, Wire wire, boolean delta, Function<T, AdsRequest> reader) {
        if (!context.states().isReady()) {
            // A proxy that has a configuration goes on with it; told of an empty mesh it would drop it.
            out.onError(Status.UNAVAILABLE.withDescription("mesh-pilot has not read its configuration yet; try again").asRuntimeException());
            return new Refused<>();
        }
        if (!context.connections().reserve()) {
            out.onError(Status.RESOURCE_EXHAUSTED
                    .withDescription("there are " + context.connections().max() + " ADS streams already (weft.pilot.xds.max-streams)")
                    .asRuntimeException());
            return new Refused<>();
        }
        AdsConnection connection = new AdsConnection(
                context,
                MoreExecutors.newSequentialExecutor(workers),
                wire,
                delta,
                StreamIdentity.current());
        out.disableAutoRequest();
        out.setOnReadyHandler(connection::wake);
        out.setOnCancelHandler(connection::closed);
        context.connections().add(connection);
        context.scheduler()
                .schedule(
                        connection::endIfSilent,
                        context.properties().firstRequest().toMillis(),
                        TimeUnit.MILLISECONDS);
        out.request(1);
        return new Requests<>(connection, reader, () -> out.request(1));
    }

    private static final class Requests<T> implements StreamObserver<T> {

        private final AdsConnection connection;
        private final Function<T, AdsRequest> reader;
        private final Runnable more;

        Requests(AdsConnection connection, Function<T, AdsRequest> reader, Runnable more) {
            this.connection = connection;
            this.reader = reader;
            this.more = more;
        }

        @Override
        public void onNext(T request) {
            connection.received(reader.apply(request), more);
        }

        @Override
        public void onError(Throwable error) {
            connection.closed();
        }

        @Override
        public void onCompleted() {
            connection.end(Status.OK);
        }
    }

    private static final class Refused<T> implements StreamObserver<T> {

        @Override
        public void onNext(T request) {
            // The stream was ended before it began; what still comes in has no reader.
        }

        @Override
        public void onError(Throwable error) {
            // As above.
        }

        @Override
        public void onCompleted() {
            // As above.
        }
    }
}
