package io.weft.pilot.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.AuthorizationPolicy;
import io.weft.pilot.model.AuthorizationPolicy.Action;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.model.parse.JsonReader;
import io.weft.pilot.model.parse.UnreadableException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds while a policy cannot. */
class StandInTest {

    private static Optional<StandIn> standIn(Kind kind, String spec, Map<String, String> annotations) {
        try {
            return StandIn.of(ObjectMeta.of(kind, "default", "p").withAnnotations(annotations), JsonReader.read(spec));
        } catch (UnreadableException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static AuthorizationPolicy authorization(String spec) {
        return (AuthorizationPolicy) standIn(Kind.AUTHORIZATION_POLICY, spec, Map.of()).orElseThrow().object();
    }

    @Test
    void anAllow_allowsNobody_whomItSelects() {
        AuthorizationPolicy policy = authorization("{\"selector\": {\"matchLabels\": {\"app\": \"reviews\"}}, \"rules\": [{\"to\": 7}]}");
        assertThat(policy.action()).isEqualTo(Action.ALLOW);
        assertThat(policy.rules()).isEmpty();
        assertThat(policy.selector()).isEqualTo(Map.of("app", "reviews"));
        assertThat(authorization("{\"action\": \"ALLOW\"}").selector()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DENY", "CUSTOM"})
    void aDeny_deniesEverything(String action) {
        AuthorizationPolicy policy = authorization("{\"action\": \"" + action + "\", \"rules\": [{}, {}]}");
        assertThat(policy.action()).isEqualTo(Action.DENY);
        assertThat(policy.rules()).singleElement().satisfies(rule -> {
            assertThat(rule.from()).isEmpty();
            assertThat(rule.to()).isEmpty();
            assertThat(rule.when()).isEmpty();
        });
    }

    @Test
    void whatShutsNoDoor_orIsForWhoKnowsWhom_hasNone() {
        assertThat(standIn(Kind.AUTHORIZATION_POLICY, "{\"action\": \"AUDIT\"}", Map.of())).isEmpty();
        assertThat(standIn(Kind.AUTHORIZATION_POLICY, "{\"action\": \"DENY\"}", Map.of("istio.io/dry-run", "true"))).isEmpty();
        assertThat(standIn(Kind.AUTHORIZATION_POLICY, "{\"targetRefs\": []}", Map.of())).isEmpty();
        assertThat(standIn(Kind.PEER_AUTHENTICATION, "{\"mtls\": {\"mode\": \"PERMISSIVE\"}}", Map.of())).isEmpty();
        assertThat(standIn(Kind.VIRTUAL_SERVICE, "{}", Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"mtls\": {\"mode\": \"STRICT\"}}", "{\"portLevelMtls\": {\"80\": {\"mode\": \"STRICT\"}}}"})
    void whoWantsMutualTlsSomewhere_getsItEverywhere(String spec) {
        assertThat(standIn(Kind.PEER_AUTHENTICATION, spec, Map.of()).orElseThrow().object())
                .isInstanceOfSatisfying(PeerAuthentication.class, policy -> assertThat(policy.mtls()).isEqualTo(PeerAuthentication.Mode.STRICT));
    }
}
