package io.weft.pilot.model.parse;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.ClientTls;
import io.weft.pilot.model.DestinationRule;
import io.weft.pilot.model.Gateway;
import io.weft.pilot.model.HttpRoute;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.Secret;
import io.weft.pilot.model.ServiceEntry;
import io.weft.pilot.model.StringMatch;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.model.WorkloadGroup;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectParserTest {

    static final String VIRTUAL_SERVICE =
            """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              name: reviews
            spec:
              hosts: [reviews]
              http:
              - name: jason
                match:
                - headers: {end-user: {exact: jason}, x-any: {}}
                  uri: {prefix: /api}
                  ignoreUriCase: true
                  port: 9080
                  sourceLabels: {app: productpage}
                timeout: 1m30.5s
                retries: {attempts: 0, retryOn: "503,connect-failure"}
                fault:
                  delay: {percentage: {value: 12.5}, fixedDelay: 7s}
                rewrite: {uri: /}
                mirror: {host: mirror, subset: v2}
                mirrorPercentage: {value: 0}
                headers:
                  request: {set: {x-a: b}, remove: [x-c]}
                route:
                - destination: {host: reviews, subset: v2, port: {number: 9080}}
                  weight: 90
                - destination: {host: reviews, subset: v3}
                  weight: 10
              - route:
                - destination: {host: reviews}
            """;

    @Test
    void virtualService_isReadWhole() {
        VirtualService object = (VirtualService) parsed(VIRTUAL_SERVICE).object();
        assertThat(object).isNotNull();
        assertThat(object.key()).isEqualTo(new ObjectKey(Kind.VIRTUAL_SERVICE, "default", "reviews"));
        HttpRoute first = object.http().get(0);
        assertThat(first.match().get(0).headers())
                .containsEntry("end-user", StringMatch.exact("jason"))
                .containsEntry("x-any", StringMatch.present());
        assertThat(first.match().get(0).uri()).isEqualTo(StringMatch.prefix("/api"));
        assertThat(first.match().get(0).ignoreUriCase()).isTrue();
        assertThat(first.timeout()).isEqualTo(Duration.ofMillis(90_500));
        assertThat(first.retries()).isNotNull();
        assertThat(first.retries().attempts()).isZero();
        assertThat(first.fault().delay().percentage()).isEqualTo(12.5);
        assertThat(first.mirrorPercentage()).isZero();
        assertThat(first.route()).extracting(each -> each.weight()).containsExactly(90, 10);
        assertThat(first.headers().request().remove()).containsExactly("x-c");
    }

    @Test
    void whatIsUnset_staysUnset() {
        VirtualService object = (VirtualService) parsed(VIRTUAL_SERVICE).object();
        HttpRoute second = object.http().get(1);
        assertThat(second.timeout()).isNull();
        assertThat(second.retries()).isNull();
        assertThat(second.mirrorPercentage()).isNull();
        assertThat(second.route().get(0).weight()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1", "v1beta1", "v1alpha3"})
    void allVersions_meanTheSame(String version) {
        ParseOutcome outcome = parsed(VIRTUAL_SERVICE.replace("istio.io/v1", "istio.io/" + version));
        assertThat(outcome.object()).isEqualTo(parsed(VIRTUAL_SERVICE).object());
    }

    @Test
    void unknownVersion_isRefused() {
        assertThat(problems(VIRTUAL_SERVICE.replace("istio.io/v1", "istio.io/v2")))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.field()).isEqualTo("apiVersion");
                    assertThat(problem.message()).contains("v2").contains("networking.istio.io/v1beta1");
                });
    }

    @Test
    void unknownField_isRefusedWithTheNearMatch() {
        assertThat(problems(VIRTUAL_SERVICE.replace("subset: v3", "subsset: v3"))).containsExactly(new Problem(
                "spec.http[0].route[1].destination.subsset", "unknown field (did you mean `subset`?)"));
    }

    @Test
    void unknownKind_isRefusedWithTheNearMatch() {
        assertThat(problems(VIRTUAL_SERVICE.replace("VirtualService", "VirtualServise")))
                .anySatisfy(problem -> assertThat(problem.toString())
                        .isEqualTo("kind: unknown kind \"VirtualServise\" (did you mean `VirtualService`?)"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "timeout: 1m30.5s | timeout: 90      | spec.http[0].timeout                   | 90 (expected: a duration",
        "timeout: 1m30.5s | timeout: soon    | spec.http[0].timeout                   | \"soon\" (expected: a duration",
        "timeout: 1m30.5s | timeout: 3x      | spec.http[0].timeout                   | \"3x\" (expected: a duration",
        "attempts: 0      | attempts: 'two'  | spec.http[0].retries.attempts          | \"two\" (expected: a whole number)",
        "attempts: 0      | attempts: 1.5    | spec.http[0].retries.attempts          | 1.5 (expected: a whole number)",
        "weight: 90       | weight: 99999999999 | spec.http[0].route[0].weight        | 99999999999 (expected: a whole number)",
        "exact: jason     | exact: 7         | spec.http[0].match[0].headers.end-user.exact | 7 (expected: a string; put it in quotes)",
        "{exact: jason}   | ~                | spec.http[0].match[0].headers.end-user | null (expected: a mapping)",
        "{exact: jason}   | {exact: a, prefix: b} | spec.http[0].match[0].headers.end-user | only one of exact, prefix and regex",
        "hosts: [reviews] | hosts: reviews   | spec.hosts                             | \"reviews\" (expected: a list of strings)",
        "fixedDelay: 7s   | exponentialDelay: 7s | spec.http[0].fault.delay.exponentialDelay | not supported",
        "name: reviews    | name: Reviews_1  | metadata.name                          | \"Reviews_1\" (expected: at most 253",
    })
    void wrongValue_isNamedWithPathValueAndExpectation(String was, String is, String field, String message) {
        assertThat(problems(VIRTUAL_SERVICE.replace(was, is))).anySatisfy(problem -> {
            assertThat(problem.field()).isEqualTo(field);
            assertThat(problem.message()).contains(message);
        });
    }

    @Test
    void everyProblem_isFoundAtOnce() {
        String text = VIRTUAL_SERVICE.replace("weight: 90", "weight: a").replace("attempts: 0", "attempts: b");
        assertThat(problems(text)).hasSize(2);
    }

    @Test
    void refusedObject_isStillIdentified() {
        assertThat(parsed(VIRTUAL_SERVICE.replace("weight: 90", "weight: a")).key())
                .isEqualTo(new ObjectKey(Kind.VIRTUAL_SERVICE, "default", "reviews"));
    }

    @Test
    void notAnObject_isRefused() {
        assertThat(ObjectParser.parse("text").problems()).hasSize(1);
        assertThat(ObjectParser.parse(List.of()).problems()).hasSize(1);
    }

    @Test
    void destinationRule_isRead() {
        DestinationRule rule = (DestinationRule) object(
                """
                apiVersion: networking.istio.io/v1alpha3
                kind: DestinationRule
                metadata: {name: reviews, namespace: books}
                spec:
                  host: reviews
                  trafficPolicy:
                    loadBalancer: {simple: LEAST_CONN}
                    connectionPool:
                      tcp: {maxConnections: 10, connectTimeout: 30ms}
                      http: {http2MaxRequests: 5}
                    outlierDetection: {consecutive5xxErrors: 0, interval: 1s}
                    tls: {mode: ISTIO_MUTUAL}
                    portLevelSettings:
                    - port: {number: 80}
                      loadBalancer: {consistentHash: {httpCookie: {name: user, ttl: 0s}}}
                  subsets:
                  - name: v1
                    labels: {version: v1}
                """);
        assertThat(rule.trafficPolicy().loadBalancer().simple()).isEqualTo(LoadBalancer.Simple.LEAST_REQUEST);
        assertThat(rule.trafficPolicy().outlierDetection().consecutive5xxErrors()).isZero();
        assertThat(rule.trafficPolicy().outlierDetection().consecutiveGatewayErrors()).isNull();
        assertThat(rule.trafficPolicy().tls().mode()).isEqualTo(ClientTls.Mode.ISTIO_MUTUAL);
        assertThat(rule.trafficPolicy()
                        .portLevelSettings()
                        .get(0)
                        .loadBalancer()
                        .consistentHash()
                        .httpCookie()
                        .ttl())
                .isZero();
    }

    @Test
    void gateway_isRead() {
        Gateway gateway = (Gateway) object(
                """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: g}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 443, name: https, protocol: HTTPS}
                    hosts: ["httpbin.example.com"]
                    tls: {mode: SIMPLE, credentialName: httpbin-credential}
                """);
        assertThat(gateway.servers().get(0).port().protocol()).isEqualTo(Protocol.HTTPS);
        assertThat(gateway.servers().get(0).tls().credentialName()).isEqualTo("httpbin-credential");
    }

    @Test
    void serviceEntry_leavesResolutionUnset() {
        ServiceEntry entry = (ServiceEntry) object(
                """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: e}
                spec:
                  hosts: [example.com]
                  ports: [{number: 80, name: http, protocol: HTTP}]
                """);
        assertThat(entry.resolution()).isNull();
        assertThat(entry.location()).isNull();
        assertThat(entry.workloadSelector()).isNull();
    }

    @Test
    void workloadGroup_isReadWithItsProbe() {
        WorkloadGroup group = (WorkloadGroup) object(
                """
                apiVersion: networking.istio.io/v1
                kind: WorkloadGroup
                metadata: {name: reviews-v1}
                spec:
                  metadata: {labels: {app: reviews, version: v1}}
                  template: {serviceAccount: bookinfo-reviews, ports: {http: 9080}}
                  probe: {periodSeconds: 2, httpGet: {path: /health, port: 9080}}
                """);
        assertThat(group.serviceAccount()).isEqualTo("bookinfo-reviews");
        assertThat(group.probe().period()).isEqualTo(Duration.ofSeconds(2));
        assertThat(group.probe().timeout()).isNull();
    }

    @Test
    void secret_hidesItsValues() {
        Secret secret = (Secret) object(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: s}
                type: Opaque
                stringData: {password: hunter2}
                data: {other: aHVudGVyMg==}
                """);
        assertThat(secret.toString()).doesNotContain("hunter2");
        assertThat(secret.data().get("other").bytes()).isEqualTo("hunter2".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(problems("""
                        apiVersion: v1
                        kind: Secret
                        metadata: {name: s}
                        data: {password: "hunter2!"}
                        """))
                .singleElement()
                .satisfies(problem -> assertThat(problem.toString()).doesNotContain("hunter2").contains("base64"));
    }

    @Test
    void aTelemetryThatSaysWhatNobodyWouldDo_isRefused() {
        assertThat(problems("""
                        apiVersion: telemetry.istio.io/v1
                        kind: Telemetry
                        metadata: {name: t}
                        spec:
                          accesLogging: []
                          targetRefs: [{kind: Gateway}]
                          tracing: [{customTags: {a: {formatter: {value: x}, literal: {value: x}}, b: {}}}]
                          metrics: [{overrides: [{match: {metric: REQUEST_COUNTS}, tagOverrides: {a: {operation: REMOVE}}}]}]
                          accessLogging: [{filter: {expression: 'response.size > 1'}}]
                        """))
                .extracting(Problem::field)
                .containsExactlyInAnyOrder(
                        "spec.accesLogging",
                        "spec.targetRefs",
                        "spec.tracing[0].customTags.a.formatter",
                        "spec.tracing[0].customTags.b",
                        "spec.metrics[0].overrides[0].match.metric",
                        "spec.metrics[0].overrides[0].tagOverrides",
                        "spec.accessLogging[0].filter.expression");
    }

    static ParseOutcome parsed(String yaml) {
        try {
            return ObjectParser.parse(YamlReader.read(yaml));
        } catch (UnreadableException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static Object object(String yaml) {
        ParseOutcome outcome = parsed(yaml);
        assertThat(outcome.problems()).isEmpty();
        return outcome.object();
    }

    private static List<Problem> problems(String yaml) {
        ParseOutcome outcome = parsed(yaml);
        assertThat(outcome.object()).isNull();
        return outcome.problems();
    }
}
