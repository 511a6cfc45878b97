package io.weft.pilot.apiserver;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;

/**
 * A cluster's API behind one address: custom resources are the real API server's, the core's kinds fabric8's mock's. It has a door of its own for whoever is
 * tested, which can be shut.
 */
public final class TestCluster implements AutoCloseable {

    private static final List<String> REAL =
            List.of("/apis/networking.istio.io", "/apis/security.istio.io", "/apis/telemetry.istio.io", "/apis/gateway.weft.io");

    private final RealApiServer server;
    private final KubernetesMockServer core;
    private final Path kubeconfig;
    private final HttpClient toServer;
    private final HttpClient toCore;
    private final ChannelGroup visitors = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger gone = new AtomicInteger();
    private final KubernetesClient client;
    private final CoreWatches coreWatches;
    private volatile Failing failing = new Failing("", 0);
    private volatile boolean silent;
    private int port;
    private @Nullable DisposableServer door;

    /** @param path part of it; empty: none fails */
    private record Failing(String path, int status) {}

    private TestCluster(Path folder) throws IOException {
        server = RealApiServer.start(folder);
        server.applyDefinitions();
        core = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
        core.init();
        SslContext tls = SslContextBuilder.forClient()
                .keyManager(folder.resolve("admin.crt").toFile(), folder.resolve("admin.key").toFile())
                .trustManager(folder.resolve("ca.crt").toFile())
                .build();
        toServer = HttpClient.newConnection().baseUrl(server.url()).secure(spec -> spec.sslContext(tls));
        toCore = HttpClient.newConnection().baseUrl("http://127.0.0.1:" + core.getPort());
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(Config.empty())
                        .withMasterUrl("http://127.0.0.1:" + core.getPort())
                        .build())
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
        coreWatches = new CoreWatches(client);
        openDoor();
        kubeconfig = folder.resolve("door.kubeconfig");
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                current-context: test
                clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: pilot, user: {}}]
                contexts: [{name: test, context: {cluster: test, user: pilot, namespace: istio-system}}]
                """
                        .formatted(port));
    }

    /** Starts one that keeps everything in this folder, with the definitions of {@code k8s/crds}. */
    public static TestCluster start(Path folder) {
        try {
            return new TestCluster(folder.toAbsolutePath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Applies what a YAML text holds, each object where it belongs. */
    public void apply(String yaml) {
        for (JsonNode object : RealApiServer.documents(yaml)) {
            if (object.path("apiVersion").asString().equals("v1")) {
                String namespace = object.path("metadata").path("namespace").asString("default");
                client.resource(object.toString()).inNamespace(namespace).createOr(NonDeletingOperation::update);
                continue;
            }
            String said = server.apply(object);
            if (!said.isEmpty()) {
                throw new IllegalArgumentException(object.path("metadata") + ": " + said);
            }
        }
    }

    /** Custom resources. */
    public RealApiServer server() {
        return server;
    }

    /** The core's kinds. */
    public KubernetesClient core() {
        return client;
    }

    /** How the door is reached. */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** What came in by the door: method, path and query. */
    public List<String> requests() {
        return requests;
    }

    /** How often the door's visitors have been told 410: what they want to go on from is gone. */
    public int toldGone() {
        return gone.get();
    }

    /** Requests with this in their path get this status; an empty text: none do. */
    public void fails(String path, int status) {
        failing = new Failing(path, status);
    }

    /** Lets visitors in; nothing happens if it is open. */
    public void openDoor() {
        if (door != null) {
            return;
        }
        DisposableServer bound = HttpServer.create()
                .host("127.0.0.1")
                .port(port)
                .doOnChannelInit((observer, channel, remote) -> {
                    // Not the server's own group: that one is waited for, and a visitor's work may take its time to end.
                    visitors.add(channel);
                    if (silent) {
                        mute(channel);
                    }
                })
                .handle(this::pass)
                .bindNow();
        port = bound.port();
        door = bound;
    }

    /** Nobody comes in, and who is in is out. */
    public void shutDoor() {
        if (door != null) {
            door.disposeNow();
            visitors.close().awaitUninterruptibly();
            door = null;
        }
    }

    /** No visitor hears anything from now on, and no connection ends: as when a machine or the network on the way to it is gone. */
    public void fallSilent() {
        silent = true;
        visitors.forEach(TestCluster::mute);
    }

    /** New visitors are heard again; those from before never. */
    public void speakAgain() {
        silent = false;
    }

    private static void mute(Channel channel) {
        channel.pipeline().addFirst(new ChannelDuplexHandler() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                ReferenceCountUtil.release(message);
            }

            @Override
            public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message);
                promise.setSuccess();
            }
        });
    }

    private Publisher<Void> pass(HttpServerRequest request, HttpServerResponse response) {
        requests.add(request.method() + " " + request.uri());
        Failing now = failing;
        if (!now.path().isEmpty() && request.uri().contains(now.path())) {
            return response.status(now.status()).send();
        }
        if (!real(request) && request.uri().contains("watch=true")) {
            return response.sendObject(coreWatches.lines(request.uri()).map(line -> Unpooled.copiedBuffer(line, StandardCharsets.UTF_8)), part -> true);
        }
        return (real(request) ? toServer : toCore)
                .headers(headers -> headers.add(request.requestHeaders())
                        .remove(HttpHeaderNames.HOST)
                        .remove(HttpHeaderNames.UPGRADE)
                        .remove(HttpHeaderNames.CONNECTION)
                        .remove("http2-settings"))
                .request(request.method())
                .uri(request.uri())
                .send(request.receive().retain())
                .response((answer, body) -> {
                    if (answer.status().code() == 410) {
                        gone.incrementAndGet();
                    }
                    response.status(answer.status()).headers(answer.responseHeaders().copy().remove(HttpHeaderNames.CONNECTION));
                    // A watch's events are flushed one by one.
                    return response.sendObject(
                            body.retain().doOnNext(part -> {
                                if (part.toString(StandardCharsets.UTF_8).contains("\"code\":410")) {
                                    gone.incrementAndGet();
                                }
                            }),
                            part -> true);
                })
                .onErrorResume(failed -> response.hasSentHeaders()
                        ? Mono.error(failed)
                        : response.status(HttpResponseStatus.BAD_GATEWAY).send().then())
                .then();
    }

    private static boolean real(HttpServerRequest request) {
        return REAL.stream().anyMatch(request.uri()::startsWith);
    }

    @Override
    public void close() {
        shutDoor();
        client.close();
        core.destroy();
        server.close();
    }
}
