package io.weft.telemetry.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerIdentityTest {

    @Test
    void theMeshsForm_isRead() {
        assertThat(PeerIdentity.parse("spiffe://cluster.local/ns/default/sa/bookinfo-reviews"))
                .contains(new PeerIdentity("cluster.local", "default", "bookinfo-reviews"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://cluster.local/ns/default/sa/x",
                "spiffe://cluster.local",
                "spiffe://cluster.local/ns/default/sa/",
                "spiffe://cluster.local/ns//sa/x",
                "spiffe:///ns/default/sa/x",
                "spiffe://cluster.local/sa/default/ns/x",
                "spiffe://cluster.local/ns/default/sa/x/y",
                "spiffe://cluster.local/ns/default/sa/x?y",
                "spiffe://cluster.local/ns/de fault/sa/x",
                "spiffe://user@cluster.local/ns/default/sa/x",
            })
    void everyOtherForm_isNobody(String uri) {
        assertThat(PeerIdentity.parse(uri)).isEmpty();
    }

    @Test
    void whatIsEndless_isNobody() {
        assertThat(PeerIdentity.parse("spiffe://cluster.local/ns/default/sa/" + "x".repeat(3000))).isEmpty();
    }
}
