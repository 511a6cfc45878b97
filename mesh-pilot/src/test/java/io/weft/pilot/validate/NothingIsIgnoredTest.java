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

/** What is known elsewhere and would do nothing here is refused, with what to do: nobody must believe it holds. */
class NothingIsIgnoredTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Sidecar | {outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: e.x.svc.cluster.local}}} | spec.outboundTrafficPolicy.egressProxy.port.number | missing",
        "Sidecar | {outboundTrafficPolicy: {mode: REGISTRY_ONLY, egressProxy: {host: e.x.svc.cluster.local, port: {number: 80}}}} | spec.outboundTrafficPolicy.egressProxy | expected: mode ALLOW_ANY",
        "Sidecar | {ingress: [{port: {number: 80}, captureMode: IPTABLES}]} | spec.ingress[0].captureMode | HTTP_PROXY",
        "Sidecar | {egress: [{captureMode: IPTABLES, hosts: ['*/*']}]} | spec.egress[0].captureMode | HTTP_PROXY",
        "VirtualService | {hosts: [a], http: [{route: [{destination: {host: a}}], retries: {attempts: 1, retryRemoteLocalities: true}}]} | spec.http[0].retries.retryRemoteLocalities | not supported",
        "WorkloadGroup | {template: {}, probe: {httpGet: {port: 80, scheme: HTTPS}}} | spec.probe.httpGet.scheme | tcpSocket",
        "WorkloadGroup | {template: {}, probe: {httpGet: {port: 80, httpHeaders: [{name: a, value: b}]}}} | spec.probe.httpGet.httpHeaders | not supported",
        "Gateway | {servers: [{port: {number: 443, name: a, protocol: HTTPS}, hosts: ['*'], tls: {mode: SIMPLE, credentialName: 'kubernetes-gateway://a/b'}}]} | spec.servers[0].tls.credentialName | own namespace",
    })
    void itSaysWhatToDo(String kind, String spec, String field, String message) throws UnreadableException {
        ParseOutcome outcome = ObjectParser.parse(
                YamlReader.read("{apiVersion: networking.istio.io/v1, kind: " + kind + ", metadata: {name: x}, spec: " + spec + "}"));
        List<Problem> problems = outcome.object() == null ? outcome.problems() : Validator.validate(outcome.object());

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo(field);
            assertThat(problem.message()).contains(message);
        });
    }
}
