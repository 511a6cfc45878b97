package io.weft.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.Workload;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
    private static final Workload SELF = new Workload("reviews-v1", "default", "reviews", "v1", "reviews", "v1", "Kubernetes");

    private final EngineMetrics metrics = new EngineMetrics();
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private RequestLog answered(int status) {
        InetSocketAddress here = new InetSocketAddress("127.0.0.1", 1);
        LocalChannel channel = new LocalChannel();
        group.register(channel).syncUninterruptibly();
        DownstreamConnection connection = new DownstreamConnection(channel, noService(), false, here, here);
        return (RequestLog) Proxy.newProxyInstance(
                RequestLog.class.getClassLoader(),
                new Class<?>[] {RequestLog.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "connection" -> connection;
                    case "status" -> status;
                    case "grpcStatus" -> -1;
                    case "durationNanos" -> 1_000_000L;
                    case "received", "sent" -> 100L;
                    case "flags" -> "-";
                    case "grpc" -> false;
                    case "source" -> Workload.UNKNOWN;
                    case "cluster", "host", "upstreamPeer" -> null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static HttpService noService() {
        return (HttpService) Proxy.newProxyInstance(
                HttpService.class.getClassLoader(), new Class<?>[] {HttpService.class}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    @Test
    void whatHasNoRoomForASeriesOfItsOwnIsCountedInOne() {
        RequestMetrics small = new RequestMetrics(metrics, true, () -> SELF, Set.of(), 2);
        for (int status = 200; status < 205; status++) {
            small.record(answered(status));
        }
        small.record(answered(200));
        assertThat(metrics.counters()).hasSize(3);
        assertThat(metrics.counters().values()).extracting(Counter::value).containsExactlyInAnyOrder(2L, 1L, 3L);
        assertThat(metrics.counters()).anySatisfy((key, counter) -> {
            assertThat(key.labels()).containsExactly("reporter", "destination", "overflow", "true");
            assertThat(counter.value()).isEqualTo(3);
        });
    }

    @Test
    void labelsAreIstiosAndNoOthers() {
        new RequestMetrics(metrics, true, () -> SELF, Set.of()).record(answered(200));
        MetricKey key = metrics.counters().keySet().iterator().next();
        assertThat(key.name()).isEqualTo("istio_requests_total");
        assertThat(key.labels()).containsExactly(
                "reporter", "destination",
                "source_workload", "unknown", "source_workload_namespace", "unknown", "source_principal", "unknown",
                "source_app", "unknown", "source_version", "unknown",
                "source_canonical_service", "unknown", "source_canonical_revision", "unknown", "source_cluster", "unknown",
                "destination_workload", "reviews-v1", "destination_workload_namespace", "default", "destination_principal", "unknown",
                "destination_app", "reviews", "destination_version", "v1",
                "destination_service", "unknown", "destination_service_name", "reviews", "destination_service_namespace", "default",
                "destination_canonical_service", "reviews", "destination_canonical_revision", "v1", "destination_cluster", "Kubernetes",
                "request_protocol", "http", "response_flags", "-", "connection_security_policy", "none",
                "response_code", "200", "grpc_response_status", "");
        assertThat(metrics.histograms().keySet()).extracting(MetricKey::name).containsExactlyInAnyOrder(
                "istio_request_duration_milliseconds", "istio_request_bytes", "istio_response_bytes");
    }

    @Test
    void whatIsNotWantedIsNotCounted() {
        new RequestMetrics(metrics, false, () -> SELF, Set.of("REQUEST_COUNT", "REQUEST_SIZE")).record(answered(200));
        assertThat(metrics.counters()).isEmpty();
        assertThat(metrics.histograms().keySet()).extracting(MetricKey::name)
                .containsExactlyInAnyOrder("istio_request_duration_milliseconds", "istio_response_bytes");
    }
}
