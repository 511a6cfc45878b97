package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    private static final String GROUPS = "/apis/networking.istio.io/v1/namespaces/";

    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private HttpServer pilot;
    private int otherwise = 404;

    @BeforeEach
    void start() throws IOException {
        pilot = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pilot.createContext("/", exchange -> {
            exchange.sendResponseHeaders(known.contains(exchange.getRequestURI().getPath()) ? 200 : otherwise, -1);
            exchange.close();
        });
        pilot.start();
    }

    @AfterEach
    void stop() {
        pilot.stop(0);
    }

    @Test
    void whoHasNoGroupIsNamed() throws InterruptedException {
        known.add(GROUPS + "istio-system/workloadgroups/istio-egressgateway");
        known.add(GROUPS + "default/workloadgroups/reviews-v1");

        assertThat(without()).doesNotContain("istio-egressgateway", "reviews-v1").contains("reviews-v2", "productpage-v1", "httpbin-v1");
    }

    @Test
    void withAllGroupsNobodyIs() throws InterruptedException {
        Stream.concat(Stream.of(Account.EGRESS), Workload.ALL.stream().map(Workload::account))
                .forEach(account -> known.add(GROUPS + account.namespace() + "/workloadgroups/" + account.part()));

        assertThat(without()).isEmpty();
    }

    /** Who does not know is asked again by waiting, as ever. */
    @Test
    void anErrorIsNoAnswer() throws InterruptedException {
        otherwise = 500;

        assertThat(without()).isEmpty();
    }

    private List<String> without() throws InterruptedException {
        return new Admission(new Readiness(), "http://127.0.0.1:" + pilot.getAddress().getPort())
                .without().stream().map(Account::part).toList();
    }
}
