package io.weft.demo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.weft.demo.details.DetailsApplication;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How an app ends under those who ask it. */
class LameDuckIT {

    @Test
    void itServesOn_isUnwell_andEveryAnswerIsTheLastOnItsConnection() throws Exception {
        RunningApp app = RunningApp.start(DetailsApplication.builder(), "--weft.app.drain-time=60s");
        int port = app.port();
        try (Socket kept = new Socket("127.0.0.1", port)) {
            assertThat(ask(kept, "/details/0")).startsWith("http/1.1 200").contains("shakespeare").doesNotContain("connection: close");
            CompletableFuture<Void> closing = CompletableFuture.runAsync(app::close);
            await().until(() -> app.get("/health").statusCode() == 503);
            assertThat(app.get("/details/0").statusCode()).isEqualTo(200);
            assertThat(ask(kept, "/details/0")).startsWith("http/1.1 200").contains("connection: close", "shakespeare");
            assertThat(kept.getInputStream().read()).as("the end").isNegative();
            // nobody is left, so nobody is waited for: far less than a minute
            closing.get(30, TimeUnit.SECONDS);
            assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whoIsConnectedIsWaitedFor_noLongerThanTheDrainTime() throws Exception {
        RunningApp app = RunningApp.start(DetailsApplication.builder(), "--weft.app.drain-time=500ms");
        try (Socket idle = new Socket("127.0.0.1", app.port())) {
            ask(idle, "/details/0");
            long start = System.nanoTime();
            app.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(20));
        }
    }

    /** One answer, head and body, in lower case. */
    private static String ask(Socket socket, String path) throws IOException {
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\n") < 0) {
            answer.append((char) in.read());
        }
        String head = answer.toString().toLowerCase(Locale.ROOT);
        int at = head.indexOf("content-length: ") + 16;
        int length = Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)));
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    }
}
