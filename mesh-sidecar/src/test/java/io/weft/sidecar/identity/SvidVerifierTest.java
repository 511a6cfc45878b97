package io.weft.sidecar.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.sidecar.identity.SvidVerifier.Role;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;

class SvidVerifierTest {

    private static final String REVIEWS = "spiffe://cluster.local/ns/default/sa/reviews";
    private static final Duration HOUR = Duration.ofHours(1);

    private final TestCa ca = new TestCa();
    private final SvidVerifier verifier = new SvidVerifier(List.of(ca.root()));
    private final PublicKey key = TestCa.keys().getPublic();

    @Test
    void aGoodChain_withOrWithoutItsRoot() throws Exception {
        Svid svid = ca.svid(REVIEWS);
        assertThat(verifier.verify(svid.chain(), Role.CLIENT).uri()).isEqualTo(REVIEWS);
        assertThat(verifier.verify(List.of(svid.chain().get(0), svid.chain().get(1), ca.root()), Role.SERVER).uri()).isEqualTo(REVIEWS);
    }

    @Test
    void chainsThatLeadNowhere() {
        refused(new TestCa().svid(REVIEWS).chain(), "does not lead to a root");
        refused(List.of(ca.svid(REVIEWS).leaf()), "does not lead to a root");
        refused(List.of(), "chain of 0");
        refused(List.of(ca.root()), "a root as its own");
        refused(Collections.nCopies(7, ca.root()), "chain of 7");
        refused(ca.svid(REVIEWS).chain().subList(1, 2), "URI names in the certificate: 0");
    }

    @Test
    void leavesThatAreNotValidNow() {
        refused(ca.chain(ca.leaf(key, Instant.now().minusSeconds(7200), HOUR, TestCa.uri(REVIEWS))), "NotAfter");
        refused(ca.chain(ca.leaf(key, Instant.now().plusSeconds(600), HOUR, TestCa.uri(REVIEWS))), "NotBefore");
    }

    @Test
    void leavesThatAreNotSvids() {
        Instant now = Instant.now();
        refused(ca.chain(ca.leaf(key, now, HOUR, TestCa.dns("reviews"))), "URI names in the certificate: 0");
        refused(ca.chain(ca.leaf(key, now, HOUR, TestCa.uri(REVIEWS), TestCa.uri(REVIEWS + "2"))), "URI names in the certificate: 2");
        refused(ca.chain(ca.leaf(key, now, HOUR, TestCa.uri("https://reviews/"))), "SPIFFE id");
        refused(ca.chain(leaf(KeyUsage.keyEncipherment, KeyPurposeId.id_kp_serverAuth)), "key usage");
        refused(ca.chain(leaf(KeyUsage.digitalSignature | KeyUsage.cRLSign, KeyPurposeId.id_kp_serverAuth)), "key usage");
        refused(ca.chain(leaf(KeyUsage.digitalSignature, KeyPurposeId.id_kp_clientAuth)), "extended key usage");
    }

    @Test
    void aChainSeenBeforeIsStillCheckedForTimeAndRole() throws Exception {
        List<X509Certificate> shortLived = ca.svid(REVIEWS, Duration.ofSeconds(2)).chain();
        assertThat(verifier.verify(shortLived, Role.SERVER).uri()).isEqualTo(REVIEWS);
        assertThat(verifier.verify(shortLived, Role.SERVER).uri()).isEqualTo(REVIEWS);
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> Instant.now().isAfter(shortLived.get(0).getNotAfter().toInstant()));
        refused(shortLived, "NotAfter");
        List<X509Certificate> clientOnly = ca.chain(leaf(KeyUsage.digitalSignature, KeyPurposeId.id_kp_clientAuth));
        assertThat(verifier.verify(clientOnly, Role.CLIENT).uri()).isEqualTo(REVIEWS);
        refused(clientOnly, "extended key usage");
    }

    private X509Certificate leaf(int usage, KeyPurposeId purpose) {
        return ca.leaf(key, Instant.now(), HOUR, usage, purpose, purpose, TestCa.uri(REVIEWS));
    }

    private void refused(List<X509Certificate> chain, String why) {
        assertThatThrownBy(() -> verifier.verify(chain, Role.SERVER)).isInstanceOf(CertificateException.class).hasStackTraceContaining(why);
    }
}
