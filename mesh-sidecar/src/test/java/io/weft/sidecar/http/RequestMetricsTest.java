package io.weft.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
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
        RequestMetrics small = new RequestMetrics(metrics, true, 2);
        for (int status = 200; status < 205; status++) {
            small.record(answered(status), null, ResponseFlag.NONE);
        }
        small.record(answered(200), null, ResponseFlag.NONE);
        assertThat(metrics.counters()).hasSize(3);
        assertThat(metrics.counters().values()).extracting(Counter::value).containsExactlyInAnyOrder(2L, 1L, 3L);
        assertThat(metrics.counters()).anySatisfy((key, counter) -> {
            assertThat(key.labels()).containsExactly("reporter", "destination", "overflow", "true");
            assertThat(counter.value()).isEqualTo(3);
        });
    }
}
