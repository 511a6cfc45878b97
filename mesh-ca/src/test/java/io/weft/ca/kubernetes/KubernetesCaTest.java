package io.weft.ca.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatus;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.weft.ca.Caller;
import io.weft.ca.Csr;
import io.weft.ca.RunningCa;
import io.weft.ca.Tokens;
import io.weft.ca.attest.IssuanceGate;
import io.weft.ca.attest.RefusedException;
import io.weft.ca.authority.Authority;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The whole CA as it runs in a pod: service accounts' tokens, and an API server that comes and goes. */
class KubernetesCaTest {

    private static final Tokens TOKENS = new Tokens("k1");
    private static final String TOKEN = TOKENS.token("default", "bookinfo-reviews");
    private static final String UNKNOWN = TOKENS.token("default", "unknown");
    private static final String REVIEWS = "spiffe://cluster.local/ns/default/sa/bookinfo-reviews";

    @TempDir
    static Path home;

    static ApiServerDouble api;
    static RunningCa ca;
    static Caller nobody;

    @BeforeAll
    static void start() {
        api = new ApiServerDouble("istio-system", "default");
        ca = RunningCa.onKubernetes(api.config(), home, "--weft.ca.kubernetes.reviews-at-a-time=2", "--weft.ca.kubernetes.review-timeout=30s",
                "--weft.ca.kubernetes.reviews-per-second=1000",
                "--weft.ca.kubernetes.resync=200ms");
        nobody = caller(null, List.of());
    }

    @AfterAll
    static void stop() {
        nobody.close();
        ca.close();
        api.close();
    }

    @AfterEach
    void asUsual() {
        api.answers();
        api.failsWith(0);
    }

    @Test
    void aServiceAccountGetsItsName_andThePodIsInTheAuditLine() throws Exception {
        api.knows(TOKEN, reviews(s -> s.editUser()
                .addToExtra("authentication.kubernetes.io/pod-name", List.of("reviews-v1-abc"))
                .endUser()));
        try (Log log = new Log(IssuanceGate.class)) {
            List<X509Certificate> chain = nobody.ask(TOKEN, Csr.p256().pem());
            assertThat(chain).hasSize(3);
            assertThat(chain.get(0).getSubjectAlternativeNames()).containsExactly(List.of(6, REVIEWS));
            assertThat(log.lines()).anySatisfy(line -> assertThat(line)
                    .contains("issued " + REVIEWS + " to pod default/reviews-v1-abc, serial " + chain.get(0).getSerialNumber().toString(16)));
        }
    }

    @Test
    void whoIsNotRefusedIsAServiceAccountOfOurAudience() {
        String other = TOKENS.token("default", "other");
        refused(UNKNOWN, Code.UNAUTHENTICATED, "token refused: [invalid bearer token]");
        api.knows(other, reviews(s -> s.withAuthenticated(null)));
        refused(other, Code.UNAUTHENTICATED, "does not know it");
        api.knows(other, reviews(s -> s.withAudiences()));
        refused(other, Code.UNAUTHENTICATED, "audiences [] (expected: istio-ca)");
        api.knows(other, reviews(s -> s.withAudiences("https://kubernetes.default.svc")));
        refused(other, Code.UNAUTHENTICATED, "audiences [https://kubernetes.default.svc] (expected: istio-ca)");
        for (String user : List.of("kubernetes-admin", "system:node:worker-1", "system:serviceaccount:default", "system:serviceaccount:a:b:c", "")) {
            api.knows(other, reviews(s -> s.editUser().withUsername(user).endUser()));
            refused(other, Code.UNAUTHENTICATED, "is not a service account");
        }
        api.knows(other, reviews(s -> s.withUser(null)));
        refused(other, Code.UNAUTHENTICATED, "is not a service account");
        api.knows(other, reviews(s -> s.editUser().withUsername("system:serviceaccount:default:../admin").endUser()));
        refused(other, Code.UNAUTHENTICATED, "service account: \"../admin\"");
        api.knows(other, reviews(s -> s.editUser().withGroups("system:authenticated").endUser()));
        refused(other, Code.UNAUTHENTICATED, "expected: system:serviceaccounts");
        api.knows(other, reviews(s -> s.editUser().withGroups("system:serviceaccounts", "system:serviceaccounts:prod").endUser()));
        refused(other, Code.UNAUTHENTICATED, "expected: system:serviceaccounts and that of its namespace");
    }

    @Test
    void whatCannotBeGoodIsRefusedWithoutAsking() {
        int before = api.asked();
        refused("garbage", Code.UNAUTHENTICATED, "not a JWT");
        refused("e30.e30.sig", Code.UNAUTHENTICATED, "not a JWT");
        refused("a.b." + "c".repeat(9000), Code.UNAUTHENTICATED, "at most 8192");
        refused(new PlainJWT(Tokens.claims("default", "bookinfo-reviews").build()).serialize(), Code.UNAUTHENTICATED, "not a JWT");
        refused(token(c -> c.audience("https://kubernetes.default.svc")), Code.UNAUTHENTICATED, "aud (expected: istio-ca)");
        refused(token(c -> c.audience((String) null)), Code.UNAUTHENTICATED, "aud (expected: istio-ca)");
        refused(token(c -> c.issuer(null)), Code.UNAUTHENTICATED, "no iss");
        refused(token(c -> c.subject("bookinfo-reviews")), Code.UNAUTHENTICATED, "sub is not a service account");
        refused(token(c -> c.expirationTime(null)), Code.UNAUTHENTICATED, "no exp");
        refused(token(c -> c.expirationTime(Date.from(Instant.now().minusSeconds(120)))), Code.UNAUTHENTICATED, "expired at");
        refused(token(c -> c.notBeforeTime(Date.from(Instant.now().plusSeconds(120)))), Code.UNAUTHENTICATED, "nbf lies in the future");
        assertThat(api.asked()).isEqualTo(before);
    }

    private static String token(UnaryOperator<JWTClaimsSet.Builder> change) {
        return TOKENS.token("default", "bookinfo-reviews", change);
    }

    @Test
    void oneAddressWithBadTokensTakesItsShare_andLeavesTheOthersTheirs() throws Exception {
        api.knows(TOKEN, reviews(s -> s));
        int before = api.asked();
        try (KubernetesClient client = api.client()) {
            TokenReviews reviews = new TokenReviews(client, "cluster.local", "istio-ca", 20, () -> 0);
            for (int i = 0; i < 2; i++) {
                reviews.screen("Bearer " + UNKNOWN, "10.0.0.66");
                assertThatThrownBy(() -> reviews.attest("Bearer " + UNKNOWN)).hasMessageContaining("token refused");
            }
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> reviews.screen("Bearer " + UNKNOWN, "10.0.0.66")).hasMessageContaining("more than 2 a second from 10.0.0.66; come again");
            }
            reviews.screen("Bearer " + TOKEN, "10.0.0.7");
            assertThat(reviews.attest("Bearer " + TOKEN).id().uri()).isEqualTo(REVIEWS);
            assertThat(api.asked()).isEqualTo(before + 3);
        }
    }

    @Test
    void nothingIsRemembered_aTokenThatIsTakenBackIsRefusedAtOnce() {
        String token = TOKENS.token("default", "deleted");
        api.knows(token, reviews(s -> s));
        assertThat(nobody.ask(token, Csr.p256().pem())).hasSize(3);
        api.knows(token, new TokenReviewStatusBuilder().withAuthenticated(false).withError("pod is gone").build());
        refused(token, Code.UNAUTHENTICATED, "pod is gone");
    }

    @Test
    void whileTheApiServerIsAwayNobodyIsAcceptedOrRefused_andWhoHasACertificateRenews() throws Exception {
        api.knows(TOKEN, reviews(s -> s));
        Csr csr = Csr.p256();
        List<X509Certificate> chain = nobody.ask(TOKEN, csr.pem());
        try (Caller reviews = caller(csr, chain.subList(0, 2))) {
            api.goesAway();
            refused(TOKEN, Code.UNAVAILABLE, "the API server cannot be asked; come again");
            refused(UNKNOWN, Code.UNAVAILABLE, "come again");
            assertThat(reviews.ask(null, Csr.p256().pem())).as("by certificate").hasSize(3);
            assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(200);
            assertThat(get("/actuator/health").body()).contains("waitingFor");
        } finally {
            api.comesBack();
        }
        await().untilAsserted(() -> assertThat(nobody.ask(TOKEN, Csr.p256().pem())).hasSize(3));
        assertThat(get("/actuator/health").body()).doesNotContain("waitingFor");
    }

    @Test
    void errorsOfTheApiServerAreNoJudgement() {
        api.knows(TOKEN, reviews(s -> s));
        for (int code : List.of(500, 503, 429, 401, 403, 400)) {
            api.failsWith(code);
            refused(TOKEN, Code.UNAVAILABLE, "the API server cannot be asked");
        }
        api.failsWith(0);
        assertThat(nobody.ask(TOKEN, Csr.p256().pem())).hasSize(3);
    }

    @Test
    void anApiServerThatHangsHoldsUpNobodyWithACertificate() throws Exception {
        api.knows(TOKEN, reviews(s -> s));
        Csr csr = Csr.p256();
        List<X509Certificate> chain = nobody.ask(TOKEN, csr.pem());
        api.hangs();
        int before = api.asked();
        ExecutorService callers = Executors.newFixedThreadPool(12);
        try (Caller reviews = caller(csr, chain.subList(0, 2))) {
            List<CompletableFuture<List<X509Certificate>>> waiting = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                waiting.add(CompletableFuture.supplyAsync(() -> nobody.ask(TOKEN, Csr.p256().pem()), callers));
            }
            await().until(() -> api.asked() > before);
            for (int i = 0; i < 5; i++) {
                assertThat(reviews.ask(null, Csr.p256().pem())).hasSize(3);
            }
            assertThat(api.asked()).as("two at a time").isLessThanOrEqualTo(before + 2);
            api.answers();
            assertThat(waiting).allSatisfy(answer -> assertThat(answer.join()).hasSize(3));
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    void anAnswerThatDoesNotComeIsNoJudgementEither() {
        api.hangs();
        try (KubernetesClient impatient = ApiServer.client(api.config(), Duration.ofMillis(200))) {
            TokenReviews reviews = new TokenReviews(impatient, "cluster.local", "istio-ca", 100);
            assertThatThrownBy(() -> reviews.attest("Bearer " + TOKEN))
                    .isInstanceOfSatisfying(RefusedException.class, e -> assertThat(e.reason()).isEqualTo(RefusedException.Reason.UNAVAILABLE));
            assertThat(reviews.trouble()).isNotNull();
        }
    }

    @Test
    void moreThanTheApiServerShallBeAskedComeAgain() throws Exception {
        api.knows(TOKEN, reviews(s -> s));
        int before = api.asked();
        try (KubernetesClient client = api.client()) {
            TokenReviews reviews = new TokenReviews(client, "cluster.local", "istio-ca", 1, () -> 0);
            assertThat(reviews.attest("Bearer " + TOKEN).id().uri()).isEqualTo(REVIEWS);
            assertThatThrownBy(() -> reviews.attest("Bearer " + TOKEN)).hasMessageContaining("more than 1 a second; come again");
            assertThat(api.asked()).isEqualTo(before + 1);
        }
    }

    @Test
    void theRootIsInEveryNamespace_andNothingIsOnDisk() {
        String pem = io.weft.ca.authority.Pem.encode(ca.bean(Authority.class).root());
        try (var client = api.client()) {
            for (String namespace : List.of("istio-system", "default")) {
                await().untilAsserted(() -> assertThat(client.configMaps().inNamespace(namespace).withName("istio-ca-root-cert").get())
                        .isNotNull()
                        .satisfies(map -> assertThat(map.getData()).containsEntry("root-cert.pem", pem)));
            }
        }
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void aFolderAndKubernetesExcludeEachOther(@TempDir Path other) {
        assertThatThrownBy(() -> RunningCa.onKubernetes(api.config(), other, "--weft.ca.dir=" + other).close())
                .hasStackTraceContaining("weft.ca.dir: " + other + " (expected: none with weft.ca.kubernetes.enabled");
    }

    @Test
    void withoutAnApiServerAStartSaysSo(@TempDir Path other) {
        ApiServerDouble gone = new ApiServerDouble();
        gone.goesAway();
        assertThatThrownBy(() -> RunningCa.onKubernetes(gone.config(), other, "--weft.ca.kubernetes.patience=0s").close())
                .hasStackTraceContaining("Secret istio-system/istio-ca-secret cannot be read");
        assertThat(Files.exists(other.resolve("ca"))).isFalse();
    }

    private static TokenReviewStatus reviews(UnaryOperator<TokenReviewStatusBuilder> change) {
        return change.apply(ApiServerDouble.serviceAccount("default", "bookinfo-reviews")).build();
    }

    private static void refused(String token, Code code, String why) {
        StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, () -> nobody.ask(token, Csr.p256().pem()));
        assertThat(e).as("refused: " + why).isNotNull();
        assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code);
        assertThat(String.valueOf(e.getStatus().getDescription())).contains(why);
    }

    private static Caller caller(@Nullable Csr csr, List<X509Certificate> chain) {
        return new Caller(ca, ca.bean(Authority.class).root(), csr == null ? null : csr.keys().getPrivate(), chain);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ca.httpPort() + path)).build(), BodyHandlers.ofString());
    }

    /** What a class logs. */
    private static final class Log implements AutoCloseable {
        private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
        private final Logger logger;

        Log(Class<?> of) {
            logger = (Logger) LoggerFactory.getLogger(of);
            lines.start();
            logger.addAppender(lines);
        }

        List<String> lines() {
            return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
        }

        @Override
        public void close() {
            logger.detachAppender(lines);
        }
    }
}
