package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Distributed routes that come and go, clients that leave, and what is seen of it. */
@Timeout(60)
class SpringRouteLifeIT {

    @RegisterExtension
    static final SpringRouteGateway gateway = new SpringRouteGateway();

    @Test
    void aRouteThatIsRemovedFinishesWhatItHas() throws Exception {
        gateway.apply(route("slow").toBackend().when("Path=/slow/**").with("AddResponseHeader=X-By,slow"));
        try (RawHttp client = new RawHttp(gateway.http())) {
            int before = gateway.backend().calls.get();
            client.send(get("/slow/1"));
            await().until(() -> gateway.backend().calls.get() > before);
            gateway.remove("slow");
            assertThat(gateway.fetch("/slow/2").status()).isEqualTo(404);
            RawHttp.Answer answer = client.answer();
            assertThat(answer.body()).isEqualTo("slow");
            assertThat(RawHttp.field(answer.head(), "x-by")).isEqualTo("slow");
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleOfAnAnswer_letsTheEndpointGo() throws Exception {
        gateway.apply(route("stream").toBackend().when("Path=/stream/**"));
        for (int i = 0; i < 3; i++) {
            try (RawHttp client = new RawHttp(gateway.http())) {
                client.send(get("/stream/" + i));
                assertThat(client.head()).startsWith("HTTP/1.1 200");
                client.bytes(3000);
                assertThat(gateway.backend().streamsOpen).hasPositiveValue();
                client.reset();
            }
        }
        await().untilAsserted(() -> assertThat(gateway.backend().streamsOpen).hasValue(0));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aClientThatLeavesInTheMiddleOfItsRequest_leavesNothing(CapturedOutput log) throws Exception {
        gateway.apply(route("upload").toBackend().when("Path=/upload"));
        try (Socket socket = new Socket("127.0.0.1", gateway.http())) {
            socket.getOutputStream()
                    .write(("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(200_000)).getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            await().until(() -> gateway.engine().active() > 0);
        }
        await().untilAsserted(() -> assertThat(gateway.engine().active()).isZero());
        assertThat(log).doesNotContain("ERROR");
    }

    @Test
    void fiveHundredRoutesPushedUnderLoad_noRequestFails() throws Exception {
        gateway.apply(route("load").toBackend().when("Path=/load/**").with("AddResponseHeader=X-By,load"));
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicInteger good = new AtomicInteger();
        List<String> bad = new java.util.concurrent.CopyOnWriteArrayList<>();
        List<Thread> clients = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            Thread thread = new Thread(() -> {
                try (RawHttp client = new RawHttp(gateway.http())) {
                    for (int i = 0; going.get(); i++) {
                        RawHttp.Answer answer = client.send(get("/load/" + i)).answer();
                        if (answer.status() == 200 && RawHttp.field(answer.head(), "x-by").equals("load")) {
                            good.incrementAndGet();
                        } else {
                            bad.add(answer.toString());
                        }
                    }
                } catch (IOException | AssertionError e) {
                    bad.add(e.toString());
                }
            });
            thread.start();
            clients.add(thread);
        }
        for (int i = 0; i < 500; i++) {
            gateway.apply(route("r" + i).toBackend().when("Path=/r" + i + "/**").with("AddRequestHeader=X-Test," + i));
        }
        assertThat(gateway.routes().size()).isEqualTo(501);
        going.set(false);
        for (Thread client : clients) {
            client.join();
        }
        assertThat(bad).isEmpty();
        assertThat(good).hasPositiveValue();
        assertThat(gateway.fetch("/r499/a").body()).contains("x=499");
    }

    @Test
    void actuatorShowsTheRoutes_andEachRequestIsCountedOnce() throws Exception {
        gateway.apply(route("seen").toBackend().when("Path=/seen/**").with("AddRequestHeader=X-Test,a"));
        await().untilAsserted(() -> assertThat(gateway.actuator("/actuator/gateway/routes")).contains("\"seen\"").contains("/seen/**"));
        double before = gateway.series("response_code=\"200\"");
        double missed = gateway.series("response_code=\"404\"");
        for (int i = 0; i < 5; i++) {
            gateway.fetch("/seen/" + i);
            gateway.fetch("/unseen");
        }
        assertThat(gateway.series("response_code=\"200\"") - before).isEqualTo(5.0);
        assertThat(gateway.series("response_code=\"404\"") - missed).isEqualTo(5.0);
        assertThat(gateway.series("response_code=\"404\"", "response_flags=\"NR\"")).isPositive();
        assertThat(gateway.series("response_code=\"200\"", "destination_service=\"backend.default.svc.cluster.local\"")).isPositive();
    }
}
