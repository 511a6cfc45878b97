package io.weft.pilot.registry.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.MeshYaml;
import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Problem;
import io.weft.pilot.registry.spring.SpringCatalog.Offer;
import io.weft.pilot.registry.spring.SpringCatalog.Shortcut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routes against what gateways have. */
class SpringAdmissionTest {

    private static final SpringCatalog CATALOG = new SpringCatalog(
            Map.of("Path", new Offer(List.of("patterns", "matchTrailingSlash"), Shortcut.GATHER_LIST_TAIL_FLAG, null)),
            Map.of(
                    "AddRequestHeader", new Offer(List.of("name", "value"), Shortcut.DEFAULT, List.of("name", "value")),
                    "AddResponseHeader", new Offer(List.of("name", "value"), Shortcut.DEFAULT, List.of("name", "value")),
                    "PreserveHostHeader", new Offer(List.of(), Shortcut.DEFAULT, List.of()),
                    "RequestRateLimiter", new Offer(List.of(), Shortcut.DEFAULT, null),
                    "Retry",
                            new Offer(
                                    List.of("retries", "statuses", "backoff.firstBackoff"),
                                    Shortcut.DEFAULT,
                                    List.of("retries", "statuses", "backoff")),
                    "CircuitBreaker", new Offer(List.of("name"), Shortcut.DEFAULT, List.of("name", "fallbackUri", "statusCodes"))));

    @TempDir
    Path folder;

    private final AtomicInteger changes = new AtomicInteger();
    private ScheduledExecutorService executor;
    private KnownGateways known;

    @BeforeEach
    void open() throws IOException {
        executor = Executors.newSingleThreadScheduledExecutor();
        known = reopened(Clock.systemUTC());
    }

    /** What is being written is written before the folder goes. */
    @AfterEach
    void close() throws InterruptedException {
        executor.shutdownNow();
        assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    private KnownGateways reopened(Clock clock) throws IOException {
        return new KnownGateways(folder, clock, executor, changes::incrementAndGet);
    }

    private static KnownGateway gateway(String name, SpringCatalog catalog) {
        return new KnownGateway("istio-system", name, true, Map.of("istio", name), catalog);
    }

    private static ConfigObject route(String name, String spec) {
        return MeshYaml.objects("""
                        apiVersion: gateway.weft.io/v1alpha1
                        kind: SpringRoute
                        metadata: {name: %s}
                        spec:
                        """.formatted(name) + ("uri: mesh:///\n" + spec).indent(2))
                .get(0);
    }

    private List<Problem> check(String spec) {
        return new SpringAdmission(known, "istio-system").problems(route("books", spec), List.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "filters: ['AddRequestHeadr=a,b'] | spec.filters[0].name | there is no filter \"AddRequestHeadr\" (did you mean `AddRequestHeader`",
        "filters: ['Nonsense=a,b'] | spec.filters[0].name | there is no filter \"Nonsense\"; gateways asked: istio-system/ingress",
        "predicates: [Pth=/a] | spec.predicates[0].name | did you mean `Path`?",
        "predicates: [AddRequestHeader=a] | spec.predicates[0].name | there is no predicate",
        "filters: ['AddRequestHeader=a,b,c'] | spec.filters[0].args | with 3 arguments (expected: at most 2: name, value",
        "filters: [PreserveHostHeader=x] | spec.filters[0].args | with 1 arguments (expected: none",
        "filters: [{name: CircuitBreaker, args: {fallbackUrl: /x}}] | spec.filters[0].args.fallbackUrl | did you mean `fallbackUri`?",
        "filters: [{name: PreserveHostHeader, args: {x: y}}] | spec.filters[0].args.x | it takes none",
        "filters: [{name: Retry, args: {backof: {factor: 2}}}] | spec.filters[0].args.backof.factor | did you mean `backoff`?"
    })
    void whatNoGatewayHas_isRefused(String spec, String field, String message) {
        known.connected(gateway("ingress", CATALOG));
        assertThat(check(spec)).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo(field);
            assertThat(problem.message()).contains(message).contains("gateways asked: istio-system/ingress");
        });
    }

    @Test
    void severalNearMatches_areNamed() {
        known.connected(gateway("ingress", CATALOG));
        assertThat(check("filters: [AddReqponseHeader=a]").get(0).message())
                .contains("did you mean `AddResponseHeader`, `AddRequestHeader`?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "predicates: ['Path=/a,/b,/c,true']",
        "filters: [PreserveHostHeader]",
        "filters: [AddRequestHeader=a]",
        "filters: [{name: CircuitBreaker, args: {name: a, fallback-uri: 'forward:/x', 'statusCodes': [500, 502]}}]",
        "filters: [{name: Retry, args: {retries: 2, backoff: {factor: 2}}}]",
        "filters: [{name: RequestRateLimiter, args: {redis-rate-limiter.replenishRate: 1}}]"
    })
    void whatAGatewayHas_isAccepted(String spec) {
        known.connected(gateway("ingress", CATALOG));
        assertThat(check(spec)).isEmpty();
    }

    @Test
    void nothingIsKnown_soNothingIsChecked() {
        assertThat(check("filters: [Nonsense]")).isEmpty();
        known.connected(gateway("ingress", CATALOG));
        assertThat(check("selector: {istio: egress}\nfilters: [Nonsense]")).as("of the gateways it selects").isEmpty();
        assertThat(check("filters: [Nonsense]")).isNotEmpty();
    }

    @Test
    void oneGatewayIsEnough_andWithNoneAllAreNamed() {
        known.connected(gateway("a", new SpringCatalog(Map.of(), Map.of())));
        Runnable gone = known.connected(gateway("b", CATALOG));
        assertThat(check("filters: [PreserveHostHeader]")).isEmpty();
        gone.run();
        assertThat(check("filters: [PreserveHostHeader]")).as("its last word counts").isEmpty();
        assertThat(check("filters: [Nonsense]").get(0).message()).contains("istio-system/a").contains("istio-system/b");
    }

    @Test
    void replicasThatDiffer_bothCountWhileTheyAreThere() {
        Runnable old = known.connected(gateway("a", new SpringCatalog(Map.of(), Map.of())));
        known.connected(gateway("a", CATALOG));
        assertThat(known.all()).hasSize(2);
        old.run();
        assertThat(known.all()).containsExactly(gateway("a", CATALOG));
    }

    @Test
    void ids_areOneRoutesInAGateway() {
        SpringAdmission admission = new SpringAdmission(known, "istio-system");
        ConfigObject first = route("first", "id: x");
        assertThat(admission.problems(route("second", "id: x"), List.of(first))).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("spec.id");
            assertThat(problem.message()).contains("SpringRoute default/first");
        });
        assertThat(admission.problems(route("x", ""), List.of(first)).get(0).field()).isEqualTo("metadata.name");
        assertThat(admission.problems(first, List.of(first))).as("of itself").isEmpty();
        ConfigObject ingress = route("a", "id: x\nselector: {istio: ingress}");
        ConfigObject egress = route("b", "id: x\nselector: {istio: egress}");
        assertThat(admission.problems(ingress, List.of(egress))).as("no gateway is both").isEmpty();
        assertThat(admission.problems(ingress, List.of(first))).isNotEmpty();
    }

    @Test
    void whatGatewaysSaid_survivesARestart_readableByNobodyElse() throws Exception {
        known.connected(gateway("ingress", CATALOG));
        flush();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("gateways.json"))))
                .isEqualTo("rw-------");
        known = reopened(Clock.systemUTC());
        assertThat(known.all()).containsExactly(gateway("ingress", CATALOG));
        assertThat(check("filters: [Nonsense]")).isNotEmpty();
        known = reopened(Clock.fixed(Instant.now().plus(Duration.ofDays(8)), ZoneOffset.UTC));
        assertThat(known.all()).as("nobody has seen it for a week").isEmpty();
    }

    @Test
    void brokenFile_isNoReasonNotToStart() throws Exception {
        for (String broken : List.of("{", "[{}]", "[null]", "[{\"seen\": \"soon\"}]", "[{\"gateway\": {}, \"seen\": \"2026-01-01T00:00:00Z\"}]")) {
            Files.writeString(folder.resolve("gateways.json"), broken);
            assertThat(reopened(Clock.systemUTC()).all()).as(broken).isEmpty();
        }
    }

    @Test
    void remembersTheNewestOnly() throws Exception {
        List<Runnable> gone = new ArrayList<>();
        for (int i = 0; i < KnownGateways.MAX_REMEMBERED + 10; i++) {
            gone.add(known.connected(gateway("g" + i, CATALOG)));
        }
        assertThat(known.all()).hasSize(KnownGateways.MAX_REMEMBERED + 10);
        gone.forEach(Runnable::run);
        assertThat(known.all()).hasSize(KnownGateways.MAX_REMEMBERED).doesNotContain(gateway("g0", CATALOG));
    }

    @Test
    void tellsOfNews_andOnlyOfNews() {
        known.connected(gateway("a", CATALOG));
        assertThat(changes).hasValue(1);
        known.connected(gateway("a", CATALOG));
        assertThat(changes).hasValue(1);
    }

    private void flush() throws Exception {
        executor.submit(() -> {}).get(5, TimeUnit.SECONDS);
    }
}
