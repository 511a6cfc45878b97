package io.weft.pilot.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.Problem;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One rule a line: the kind's spec, the field that is wrong, and what is said about it. */
class ValidatorTest {

    private static final String ROUTE = "route: [{destination: {host: a}}]";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{hosts: [a], http: [{$R, retries: {attempts: -1}}]}                   | spec.http[0].retries.attempts | -1 (expected: >= 0)",
        "{hosts: [a], http: [{$R, retries: {retryOn: 'sometimes'}}]}           | spec.http[0].retries.retryOn  | \"sometimes\"",
        "{hosts: [a], http: [{$R, retries: {perTryTimeout: 0s}}]}              | spec.http[0].retries.perTryTimeout | 0s (expected: >= 1ms)",
        "{hosts: [a], http: [{$R, timeout: 0.5ms}]}                            | spec.http[0].timeout          | (expected: 0s or >= 1ms)",
        "{hosts: [a], http: [{$R, timeout: -3s}]}                              | spec.http[0].timeout          | -3s (expected: 0s or >= 1ms)",
        "{hosts: [a], http: [{$R, retries: {attempts: 1, perTryTimeout: 0s}}]} | spec.http[0].retries.perTryTimeout | 0s (expected: >= 1ms)",
        "{hosts: [a], http: [{$R, match: [{uri: {regex: '('}}]}]}              | spec.http[0].match[0].uri.regex | RE2",
        "{hosts: [a], http: [{$R, match: [{headers: {End-User: {exact: a}}}]}]} | spec.http[0].match[0].headers.End-User | lower-case",
        "{hosts: [a], http: [{$R, match: [{port: 70000}]}]}                    | spec.http[0].match[0].port    | 70000 (expected: 1 to 65535)",
        "{hosts: [a], http: [{$R, fault: {abort: {httpStatus: 600}}}]}         | spec.http[0].fault.abort.httpStatus | 600 (expected: 200 to 599)",
        "{hosts: [a], http: [{$R, fault: {abort: {httpStatus: 500, grpcStatus: OK}}}]} | spec.http[0].fault.abort | exactly one",
        "{hosts: [a], http: [{$R, fault: {abort: {httpStatus: 500, percentage: {value: 101}}}}]} | spec.http[0].fault.abort.percentage.value | 101.0 (expected: 0 to 100)",
        "{hosts: [a], http: [{$R, fault: {delay: {fixedDelay: 0s}}}]}          | spec.http[0].fault.delay.fixedDelay | >= 1ms",
        "{hosts: [a], http: [{$R, fault: {}}]}                                 | spec.http[0].fault            | delay or abort",
        "{hosts: [a], http: [{route: [{destination: {host: a}, weight: 0}, {destination: {host: b}, weight: 0}]}]} | spec.http[0].route | total weight > 0",
        "{hosts: [a], http: [{route: [{destination: {host: a}, weight: -1}]}]} | spec.http[0].route[0].weight  | -1 (expected: >= 0)",
        "{hosts: [a], http: [{route: [{destination: {host: '*.a'}}]}]}         | spec.http[0].route[0].destination.host | without wildcard",
        "{hosts: [a], http: [{}]}                                              | spec.http[0]                  | one of route, redirect",
        "{hosts: [a], http: [{$R, redirect: {uri: /x}}]}                       | spec.http[0]                  | only one of them",
        "{hosts: [a], http: [{redirect: {uri: /x}, rewrite: {uri: /}}]}        | spec.http[0].rewrite          | unset beside redirect",
        "{hosts: [a], http: [{directResponse: {status: 200}, fault: {delay: {fixedDelay: 1s}}}]} | spec.http[0].fault | unset beside directResponse",
        "{hosts: [a], http: [{redirect: {uri: /x, prefixRewrite: /y}, match: [{uri: {prefix: /}}]}]} | spec.http[0].redirect | only one of them",
        "{hosts: [a], http: [{redirect: {prefixRewrite: /y}, match: [{uri: {exact: /}}]}]} | spec.http[0].redirect.prefixRewrite | prefix",
        "{hosts: [a], http: [{redirect: {uri: /x, redirectCode: 200}}]}        | spec.http[0].redirect.redirectCode | 300 to 399",
        "{hosts: [a], http: [{redirect: {}}]}                                  | spec.http[0].redirect         | at least one of",
        "{hosts: [a], http: [{directResponse: {status: 99}}]}                  | spec.http[0].directResponse.status | 200 to 599",
        "{hosts: [a], http: [{$R, rewrite: {uri: /, uriRegexRewrite: {match: a, rewrite: b}}}]} | spec.http[0].rewrite | only one of them",
        "{hosts: [a], http: [{$R, rewrite: {authority: x}, headers: {request: {set: {Host: y}}}}]} | spec.http[0].headers.request | one place",
        "{hosts: [a], http: [{$R, headers: {response: {set: {':status': y}}}}]} | spec.http[0].headers.response.set.:status | pseudo-header",
        "{hosts: [a], http: [{$R, mirror: {host: b}, mirrors: [{destination: {host: b}}]}]} | spec.http[0] | only one of them",
        "{hosts: [a], http: [{$R, corsPolicy: {maxAge: 1500ms}}]}              | spec.http[0].corsPolicy.maxAge | whole seconds",
        "{hosts: ['*'], http: [{$R}]}                                          | spec.hosts[0]                 | other than *",
        "{hosts: ['a b'], http: [{$R}]}                                        | spec.hosts[0]                 | host name",
        "{hosts: [a]}                                                          | spec                          | at least one of http, tls and tcp",
        "{hosts: [a], gateways: ['x/y/z'], http: [{$R}]}                       | spec.gateways[0]              | namespace/name",
        "{hosts: [a], exportTo: ['A b'], http: [{$R}]}                         | spec.exportTo[0]              | a namespace",
        "{hosts: [a.com], tls: [{match: [{sniHosts: [b.com]}], $R}]}           | spec.tls[0].match[0].sniHosts[0] | covered by",
        "{hosts: [a.com], tls: [{match: [{port: 443}], $R}]}                   | spec.tls[0].match[0].sniHosts | at least one host",
        "{hosts: [a.com], tcp: [{match: [{destinationSubnets: [10.0.0.0/33]}], $R}]} | spec.tcp[0].match[0].destinationSubnets[0] | CIDR",
    })
    void virtualService(String spec, String field, String message) {
        refused("networking.istio.io/v1", "VirtualService", spec, field, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{host: a, subsets: [{name: V_1}]}                                                 | spec.subsets[0].name | at most 63",
        "{host: a, trafficPolicy: {loadBalancer: {simple: RANDOM, consistentHash: {useSourceIp: true}}}} | spec.trafficPolicy.loadBalancer | only one",
        "{host: a, trafficPolicy: {loadBalancer: {consistentHash: {}}}}                    | spec.trafficPolicy.loadBalancer.consistentHash | exactly one",
        "{host: a, trafficPolicy: {loadBalancer: {consistentHash: {useSourceIp: true, maglev: {tableSize: 100}}}}} | spec.trafficPolicy.loadBalancer.consistentHash.maglev.tableSize | prime",
        "{host: a, trafficPolicy: {connectionPool: {tcp: {maxConnections: -1}}}}           | spec.trafficPolicy.connectionPool.tcp.maxConnections | >= 0",
        "{host: a, trafficPolicy: {connectionPool: {tcp: {connectTimeout: 0s}}}}           | spec.trafficPolicy.connectionPool.tcp.connectTimeout | >= 1ms",
        "{host: a, trafficPolicy: {outlierDetection: {maxEjectionPercent: 101}}}           | spec.trafficPolicy.outlierDetection.maxEjectionPercent | 0 to 100",
        "{host: a, trafficPolicy: {outlierDetection: {consecutiveLocalOriginFailures: 1}}} | spec.trafficPolicy.outlierDetection.consecutiveLocalOriginFailures | splitExternal",
        "{host: a, trafficPolicy: {retryBudget: {percent: 100.5}}}                         | spec.trafficPolicy.retryBudget.percent | 100.5 (expected: 0 to 100)",
        "{host: a, trafficPolicy: {retryBudget: {percent: -1}}}                            | spec.trafficPolicy.retryBudget.percent | 0 to 100",
        "{host: a, trafficPolicy: {retryBudget: {minRetryConcurrency: -1}}}                | spec.trafficPolicy.retryBudget.minRetryConcurrency | -1 (expected: >= 0)",
        "{host: a, subsets: [{name: v1, trafficPolicy: {retryBudget: {percent: 101}}}]}    | spec.subsets[0].trafficPolicy.retryBudget.percent | 0 to 100",
        "{host: a, trafficPolicy: {tls: {mode: SIMPLE, credentialName: c}}}                | spec.trafficPolicy.tls.credentialName | not supported",
        "{host: a, trafficPolicy: {tls: {mode: MUTUAL}}}                                   | spec.trafficPolicy.tls.clientCertificate | missing",
        "{host: a, trafficPolicy: {tls: {mode: ISTIO_MUTUAL, privateKey: x}}}              | spec.trafficPolicy.tls | ISTIO_MUTUAL",
        "{host: a, trafficPolicy: {portLevelSettings: [{port: {number: 0}}]}}              | spec.trafficPolicy.portLevelSettings[0].port.number | 1 to 65535",
        "{host: a, trafficPolicy: {loadBalancer: {localityLbSetting: {distribute: [{from: a, to: {b: 90}}]}}}} | spec.trafficPolicy.loadBalancer.localityLbSetting.distribute[0].to | sum to 100",
    })
    void destinationRule(String spec, String field, String message) {
        refused("networking.istio.io/v1", "DestinationRule", spec, field, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{servers: []}                                                                                      | spec.servers | at least one",
        "{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: []}]}                              | spec.servers[0].hosts | at least one",
        "{servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: ['*']}]}                         | spec.servers[0].tls | TLS settings",
        "{servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: ['*'], tls: {mode: SIMPLE}}]}    | spec.servers[0].tls.credentialName | Secret",
        "{servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: ['*'], tls: {mode: SIMPLE, credentialName: c, httpsRedirect: true}}]} | spec.servers[0].tls.httpsRedirect | plain HTTP",
        "{servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: ['*'], tls: {mode: SIMPLE, credentialName: istio-ca-secret}}]} | spec.servers[0].tls.credentialName | mesh-ca's key",
        "{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: ['A_B/x']}]}                       | spec.servers[0].hosts[0] | namespace/host",
        "{servers: [{port: {number: 80, name: a, protocol: HTTP}, hosts: [x]}, {port: {number: 81, name: a, protocol: HTTP}, hosts: [x]}]} | spec.servers[1].port.name | no other",
    })
    void gateway(String spec, String field, String message) {
        refused("networking.istio.io/v1", "Gateway", spec, field, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{hosts: ['*'], ports: [{number: 80, name: a}]}                                                      | spec.hosts[0] | other than *",
        "{hosts: ['*.a'], resolution: DNS, ports: [{number: 80, name: a}]}                                   | spec.hosts[0] | no wildcard",
        "{hosts: [a.b], ports: []}                                                                           | spec.ports | at least one",
        "{hosts: [a.b], ports: [{number: 80, name: a}, {number: 80, name: b}]}                               | spec.ports[1].number | no other",
        "{hosts: [a.b], addresses: [nope], ports: [{number: 80, name: a}]}                                   | spec.addresses[0] | IP address",
        "{hosts: [a.b], resolution: NONE, endpoints: [{address: 1.1.1.1}], ports: [{number: 80, name: a}]}   | spec.endpoints | none",
        "{hosts: [a.b], resolution: STATIC, ports: [{number: 80, name: a}]}                                  | spec.endpoints | workloadSelector",
        "{hosts: [a.b], resolution: STATIC, endpoints: [{address: x.y}], ports: [{number: 80, name: a}]}     | spec.endpoints[0].address | IP address",
        "{hosts: [a.b], resolution: STATIC, endpoints: [{address: 1.1.1.1, ports: {c: 1}}], ports: [{number: 80, name: a}]} | spec.endpoints[0].ports | a name of spec.ports",
        "{hosts: [a.b], resolution: STATIC, workloadSelector: {labels: {a: b}}, endpoints: [{address: 1.1.1.1}], ports: [{number: 80, name: a}]} | spec | only one",
    })
    void serviceEntry(String spec, String field, String message) {
        refused("networking.istio.io/v1", "ServiceEntry", spec, field, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "networking.istio.io/v1 | WorkloadEntry | {ports: {http: 1}}                                | spec.address | an address or a network",
        "networking.istio.io/v1 | WorkloadEntry | {address: 1.1.1.1, ports: {http: 0}}              | spec.ports.http | 1 to 65535",
        "networking.istio.io/v1 | WorkloadGroup | {template: {}, probe: {}}                         | spec.probe | exactly one",
        "networking.istio.io/v1 | WorkloadGroup | {template: {address: 1.1.1.1}}                    | spec.template.address | unset",
        "networking.istio.io/v1 | WorkloadGroup | {template: {}, probe: {httpGet: {path: x, port: 1}}} | spec.probe.httpGet.path | starts with /",
        "networking.istio.io/v1 | Sidecar | {egress: [{hosts: []}]}                                 | spec.egress[0].hosts | at least one",
        "networking.istio.io/v1 | Sidecar | {egress: [{hosts: [reviews]}]}                          | spec.egress[0].hosts[0] | namespace/host",
        "networking.istio.io/v1 | Sidecar | {egress: [{hosts: ['./*']}, {hosts: ['./*']}]}          | spec.egress[0].port | catch-all",
        "networking.istio.io/v1 | Sidecar | {ingress: [{port: {number: 80}, defaultEndpoint: '10.0.0.1:80'}]} | spec.ingress[0].defaultEndpoint | 127.0.0.1:PORT",
        "networking.istio.io/v1 | Sidecar | {ingress: [{port: {number: 80}, tls: {mode: SIMPLE, serverCertificate: /c, privateKey: /k}}]} | spec.ingress[0].tls | not supported",
        "security.istio.io/v1 | PeerAuthentication | {portLevelMtls: {80: {mode: STRICT}}}          | spec.portLevelMtls | a selector",
        "security.istio.io/v1 | AuthorizationPolicy | {rules: [{from: [{source: {}}]}]}             | spec.rules[0].from[0].source | at least one field",
        "security.istio.io/v1 | AuthorizationPolicy | {rules: [{to: [{operation: {ports: ['0']}}]}]} | spec.rules[0].to[0].operation.ports[0] | a port",
        "security.istio.io/v1 | AuthorizationPolicy | {rules: [{to: [{operation: {paths: ['/a{*}']}}]}]} | spec.rules[0].to[0].operation.paths[0] | whole segment",
        "security.istio.io/v1 | AuthorizationPolicy | {rules: [{when: [{key: nope, values: [a]}]}]} | spec.rules[0].when[0].key | request.headers",
        "security.istio.io/v1 | AuthorizationPolicy | {rules: [{from: [{source: {ipBlocks: [x]}}]}]} | spec.rules[0].from[0].source.ipBlocks[0] | CIDR",
        "security.istio.io/v1 | AuthorizationPolicy | {rules: [{from: [{source: {principals: [a], serviceAccounts: [b]}}]}]} | spec.rules[0].from[0].source | only one",
        "telemetry.istio.io/v1 | Telemetry | {accessLogging: [{providers: [{name: otel}]}]} | spec.accessLogging[0].providers[0].name | envoy or weft",
        "telemetry.istio.io/v1 | Telemetry | {tracing: [{providers: [{name: zipkin}]}]} | spec.tracing[0].providers[0].name | weft",
        "telemetry.istio.io/v1 | Telemetry | {metrics: [{providers: [{name: stackdriver}]}]} | spec.metrics[0].providers[0].name | prometheus",
        "telemetry.istio.io/v1 | Telemetry | {tracing: [{randomSamplingPercentage: 101}]} | spec.tracing[0].randomSamplingPercentage | 0 to 100",
        "telemetry.istio.io/v1 | Telemetry | {tracing: [{customTags: {a: {header: {name: 'a b'}}}}]} | spec.tracing[0].customTags.a.header.name | header name",
        "telemetry.istio.io/v1 | Telemetry | {accessLogging: [{filter: {expression: \"request.path.matches('(')\"}}]} | spec.accessLogging[0].filter.expression | RE2",
        "v1 | Service | {ports: []}                                                                 | spec.ports | at least one",
        "v1 | Service | {ports: [{port: 80}, {port: 81}]}                                           | spec.ports[0].name | several ports",
        "v1 | Service | {ports: [{port: 80, name: a}, {port: 80, name: b}]}                         | spec.ports[1].port | no other",
        "v1 | Service | {ports: [{port: 65536}]}                                                    | spec.ports[0].port | 1 to 65535",
    })
    void others(String apiVersion, String kind, String spec, String field, String message) {
        refused(apiVersion, kind, spec, field, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "networking.istio.io/v1 | VirtualService | {hosts: [a], http: [{$R}]}",
        "networking.istio.io/v1 | VirtualService | {hosts: ['*'], gateways: [g], http: [{$R}]}",
        "networking.istio.io/v1 | VirtualService | {http: [{$R}]}",
        "networking.istio.io/v1 | VirtualService | {hosts: [a], http: [{match: [{uri: {prefix: ''}}], $R, timeout: 1ms, corsPolicy: {maxAge: 24h, allowOrigins: [{regex: .*}]}}]}",
        "networking.istio.io/v1 | VirtualService | {hosts: [a], http: [{$R, timeout: 0s}]}",
        "networking.istio.io/v1 | VirtualService | {hosts: ['*.a.com'], tls: [{match: [{sniHosts: [b.a.com]}], $R}]}",
        "networking.istio.io/v1 | DestinationRule | {host: '*.local', trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}",
        "networking.istio.io/v1 | DestinationRule | {host: a, trafficPolicy: {loadBalancer: {consistentHash: {httpHeaderName: x, maglev: {}}}}}",
        "networking.istio.io/v1 | Gateway | {servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['./*', 'ns/a.b'], tls: {httpsRedirect: true}}]}",
        "networking.istio.io/v1 | ServiceEntry | {hosts: ['*.wikipedia.org'], ports: [{number: 443, name: tls, protocol: TLS}]}",
        "networking.istio.io/v1 | ServiceEntry | {hosts: [a.b], resolution: DNS, location: MESH_EXTERNAL, endpoints: [{address: localhost}], ports: [{number: 80, name: a}]}",
        "networking.istio.io/v1 | Sidecar | {egress: [{port: {number: 80}, hosts: ['~/*']}, {hosts: ['./*', 'istio-system/*']}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}}",
        "security.istio.io/v1 | PeerAuthentication | {mtls: {mode: STRICT}}",
        "security.istio.io/v1 | AuthorizationPolicy | {}",
        "security.istio.io/v1 | AuthorizationPolicy | {action: DENY, rules: [{to: [{operation: {paths: ['/a/{*}/b/{**}', '/x*'], methods: [GET]}}]}]}",
        "security.istio.io/v1 | AuthorizationPolicy | {rules: [{}]}",
        "telemetry.istio.io/v1alpha1 | Telemetry | {}",
        "telemetry.istio.io/v1 | Telemetry | {selector: {matchLabels: {app: a}}, accessLogging: [{match: {mode: SERVER}, providers: [{name: envoy}], filter: {expression: response.code >= 400}}]}",
        "telemetry.istio.io/v1 | Telemetry | {tracing: [{providers: [{name: weft}], randomSamplingPercentage: 0, disableSpanReporting: false, customTags: {a: {literal: {value: b}}}}]}",
        "telemetry.istio.io/v1 | Telemetry | {metrics: [{providers: [{name: prometheus}], overrides: [{match: {metric: ALL_METRICS, mode: CLIENT_AND_SERVER}, disabled: true}]}]}",
        "v1 | Service | {clusterIP: None, selector: {app: a}}",
        "v1 | Service | {ports: [{port: 80, targetPort: http}], selector: {app: a}}",
    })
    void accepted(String apiVersion, String kind, String spec) {
        ParseOutcome outcome = parse(apiVersion, kind, spec);
        assertThat(outcome.problems()).isEmpty();
        assertThat(Validator.validate(outcome.object())).isEmpty();
    }

    private static void refused(String apiVersion, String kind, String spec, String field, String message) {
        ParseOutcome outcome = parse(apiVersion, kind, spec);
        assertThat(outcome.problems()).as("parses").isEmpty();
        List<Problem> problems = Validator.validate(outcome.object());
        assertThat(problems).anySatisfy(problem -> {
            assertThat(problem.field()).isEqualTo(field);
            assertThat(problem.message()).contains(message);
        });
    }

    private static ParseOutcome parse(String apiVersion, String kind, String spec) {
        try {
            return ObjectParser.parse(YamlReader.read("{apiVersion: " + apiVersion + ", kind: " + kind
                    + ", metadata: {name: x}, spec: " + spec.replace("$R", ROUTE) + "}"));
        } catch (UnreadableException unreadable) {
            throw new AssertionError(spec, unreadable);
        }
    }
}
