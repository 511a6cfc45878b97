package io.weft.ca.kubernetes;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMixedDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.ServerRequest;
import io.fabric8.mockwebserver.ServerResponse;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * An API server in memory: fabric8's mock for objects, and a TokenReview that knows the tokens it is told. It can be away, answer
 * errors, be slow, and come back with everything that was in it.
 */
public final class ApiServerDouble implements AutoCloseable {

    /** Held, or its level is forgotten: a line for every request is too much. */
    private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

    private static final String REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";

    private final Map<ServerRequest, Queue<ServerResponse>> responses = new HashMap<>();
    private final KubernetesMixedDispatcher objects = new KubernetesMixedDispatcher(responses);
    private final Map<String, TokenReviewStatus> tokens = new ConcurrentHashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final int port;
    private volatile KubernetesMockServer server;
    private volatile String failMethod = "";
    private volatile int failWith;
    private volatile CountDownLatch hold = new CountDownLatch(0);

    public ApiServerDouble(String... namespaces) {
        REQUESTS.setLevel(Level.WARNING);
        this.server = start(0);
        this.port = server.getPort();
        try (KubernetesClient client = client()) {
            for (String namespace : namespaces) {
                client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build()).create();
            }
        }
    }

    private KubernetesMockServer start(int port) {
        KubernetesMockServer made = new KubernetesMockServer(new Context(), new MockWebServer(), responses, dispatcher(), false);
        made.init(InetAddress.getLoopbackAddress(), port);
        return made;
    }

    private Dispatcher dispatcher() {
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                if (failWith != 0 && (failMethod.isEmpty() || failMethod.equals(request.getMethod()))) {
                    failed.incrementAndGet();
                    return new MockResponse().setResponseCode(failWith).setBody("{\"kind\":\"Status\",\"message\":\"not today\"}");
                }
                return request.getPath().startsWith(REVIEWS) ? review(request) : objects.dispatch(request);
            }
        };
    }

    private MockResponse review(RecordedRequest request) {
        asked.incrementAndGet();
        try {
            hold.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        TokenReview question = Serialization.unmarshal(request.getBody().readUtf8(), TokenReview.class);
        TokenReviewStatus unknown =
                new TokenReviewStatusBuilder().withAuthenticated(false).withError("[invalid bearer token]").build();
        TokenReviewStatus status = tokens.getOrDefault(question.getSpec().getToken(), unknown);
        if (!question.getSpec().getAudiences().equals(List.of("istio-ca"))) {
            status = unknown;
        }
        return new MockResponse()
                .setResponseCode(201)
                .setBody(Serialization.asJson(new TokenReviewBuilder().withNewMetadata().endMetadata().withStatus(status).build()));
    }

    public Config config() {
        Config config = Config.empty();
        config.setMasterUrl("http://127.0.0.1:" + port + "/");
        config.setWatchReconnectInterval(100);
        return config;
    }

    /** Of the test; not the authority's. */
    public KubernetesClient client() {
        return ApiServer.client(config(), Duration.ofSeconds(5));
    }

    /** What TokenReview will say about {@code token}. */
    public void knows(String token, TokenReviewStatus status) {
        tokens.put(token, status);
    }

    public static TokenReviewStatusBuilder serviceAccount(String namespace, String name) {
        return new TokenReviewStatusBuilder()
                .withAuthenticated(true)
                .withAudiences("istio-ca")
                .withNewUser()
                .withUsername("system:serviceaccount:" + namespace + ":" + name)
                .withGroups("system:serviceaccounts", "system:serviceaccounts:" + namespace, "system:authenticated")
                .endUser();
    }

    /** How many TokenReviews there were. */
    public int asked() {
        return asked.get();
    }

    /** How many requests got the code of {@link #failsWith} or {@link #refuses}. */
    public int failed() {
        return failed.get();
    }

    /** Every request gets this code; 0: answers as usual. */
    public void failsWith(int code) {
        refuses("", code);
    }

    /** Every request of this method gets this code; 0: answers as usual. */
    public void refuses(String method, int code) {
        failMethod = method;
        failWith = code;
    }

    /** TokenReviews are not answered until {@link #answers}. */
    public void hangs() {
        hold = new CountDownLatch(1);
    }

    public void answers() {
        hold.countDown();
    }

    public void goesAway() {
        server.shutdown();
    }

    public void comesBack() {
        server = start(port);
    }

    @Override
    public void close() {
        answers();
        server.shutdown();
    }
}
