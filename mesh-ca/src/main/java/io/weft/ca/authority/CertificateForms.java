package io.weft.ca.authority;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** The three certificates this authority makes (RFC 5280; leaves: SPIFFE X509-SVID). */
final class CertificateForms {

    /** So that a peer whose clock is a little behind does not refuse a new certificate. */
    private static final Duration BACKDATED_AT_MOST = Duration.ofMinutes(2);

    private static final String INTERMEDIATE = "Weft intermediate CA";

    private static final SecureRandom RANDOM = new SecureRandom();

    private CertificateForms() {}

    static Signer root(String trustDomain, Instant now, Duration ttl) {
        KeyPair keys = Keys.p256();
        X500Name name = name(trustDomain, "Weft root CA");
        X509v3CertificateBuilder builder = builder(name, name, keys.getPublic(), now, now.plus(ttl));
        try {
            authority(builder, keys.getPublic(), 1);
            return new Signer(sign(builder, keys.getPrivate()), keys.getPrivate());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("making the root certificate", e);
        }
    }

    /** Constrained to the trust domain: JDK and others check that on intermediates, not on roots. */
    static Signer intermediate(String trustDomain, Signer root, Instant now, Duration ttl) {
        KeyPair keys = Keys.p256();
        Instant end = earlier(now.plus(ttl), root.certificate().getNotAfter().toInstant());
        X509v3CertificateBuilder builder =
                builder(issuer(root), name(trustDomain, INTERMEDIATE), keys.getPublic(), now, end);
        try {
            authority(builder, keys.getPublic(), 0);
            builder.addExtension(Extension.authorityKeyIdentifier, false, new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(root.certificate().getPublicKey()));
            GeneralSubtree domain = new GeneralSubtree(new GeneralName(GeneralName.uniformResourceIdentifier, trustDomain));
            builder.addExtension(Extension.nameConstraints, true, new NameConstraints(new GeneralSubtree[] {domain}, null));
            return new Signer(sign(builder, root.key()), keys.getPrivate());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("making the intermediate certificate", e);
        }
    }

    static X509Certificate leaf(Signer issuer, Subject subject, PublicKey key, Instant now, Duration ttl) {
        Instant end = earlier(now.plus(ttl), issuer.certificate().getNotAfter().toInstant());
        Instant start = now.minus(min(BACKDATED_AT_MOST, ttl.dividedBy(10)));
        X509v3CertificateBuilder builder = builder(issuer(issuer), new X500Name(""), key, start, end);
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(new KeyPurposeId[] {KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth}));
            builder.addExtension(Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(issuer.certificate().getPublicKey()));
            // Critical, because the subject is empty (RFC 5280 4.2.1.6).
            builder.addExtension(Extension.subjectAlternativeName, true, names(subject));
            return sign(builder, issuer.key());
        } catch (CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException("making a certificate for " + subject.id(), e);
        }
    }

    private static void authority(X509v3CertificateBuilder builder, PublicKey key, int pathLength)
            throws CertIOException, GeneralSecurityException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        builder.addExtension(Extension.subjectKeyIdentifier, false, new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
    }

    private static X509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key, Instant start, Instant end) {
        return new JcaX509v3CertificateBuilder(issuer, serial(), Date.from(start), Date.from(end), subject, key);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter().getCertificate(builder.build(new JcaContentSignerBuilder(Signer.ALGORITHM).build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("signing", e);
        }
    }

    private static GeneralNames names(Subject subject) {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.uniformResourceIdentifier, subject.id().uri()));
        subject.dnsNames().forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
        subject.addresses().forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    /** From the encoded form: a name that is only re-rendered may no longer be equal. */
    private static X500Name issuer(Signer signer) {
        return X500Name.getInstance(signer.certificate().getSubjectX500Principal().getEncoded());
    }

    /** An intermediate of another trust domain, after the property changed, would make chains that nobody accepts. */
    static boolean isIntermediateOf(String trustDomain, X509Certificate certificate) {
        return name(trustDomain, INTERMEDIATE).equals(X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()));
    }

    private static X500Name name(String trustDomain, String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.O, trustDomain).addRDN(BCStyle.CN, commonName).build();
    }

    private static BigInteger serial() {
        return new BigInteger(128, RANDOM).max(BigInteger.ONE);
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
