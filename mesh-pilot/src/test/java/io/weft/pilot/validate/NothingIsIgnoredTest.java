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
