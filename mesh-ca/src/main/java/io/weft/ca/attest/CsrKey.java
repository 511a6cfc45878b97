package io.weft.ca.attest;

import io.weft.ca.authority.SpiffeId;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Takes the one thing out of a PKCS #10 request that counts, its public key, after proof that the requester has the private one. A request that names somebody else
 * is refused rather than answered with another name than it asks for: its agent is set up wrongly, or lies.
 */
final class CsrKey {

    private static final int MAX_LENGTH = 16 * 1024;
    private static final int MIN_RSA = 2048;
    private static final int MAX_RSA = 8192;
    /** Larger exponents only make verifying slow. */
    private static final int MAX_RSA_EXPONENT_BITS = 32;

    private static final Set<String> TYPES = Set.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");
    private static final Set<ASN1Encodable> CURVES = Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);
    private static final Set<ASN1ObjectIdentifier> SIGNATURES = Set.of(
            X9ObjectIdentifiers.ecdsa_with_SHA256,
            X9ObjectIdentifiers.ecdsa_with_SHA384,
            X9ObjectIdentifiers.ecdsa_with_SHA512,
            PKCSObjectIdentifiers.sha256WithRSAEncryption,
            PKCSObjectIdentifiers.sha384WithRSAEncryption,
            PKCSObjectIdentifiers.sha512WithRSAEncryption);

    private CsrKey() {}

    /** @param caller whom the certificate will name */
    static PublicKey read(String pem, SpiffeId caller) throws RefusedException {
        if (pem.length() > MAX_LENGTH) {
            throw refused(pem.length() + " characters (expected: at most " + MAX_LENGTH + ")");
        }
        PKCS10CertificationRequest csr = parse(pem);
        PublicKey key = key(csr);
        prove(csr, key);
        checkNames(csr, caller);
        return key;
    }

    /** Of the names only URIs are identities; others are not issued, whoever asks. */
    private static void checkNames(PKCS10CertificationRequest csr, SpiffeId caller) throws RefusedException {
        for (String uri : uris(csr)) {
            if (!uri.equals(caller.uri())) {
                throw new RefusedException(
                        RefusedException.Reason.PERMISSION_DENIED,
                        "certificate request refused: it asks for another identity (expected: " + caller.uri() + ", or no URI at all)");
            }
        }
    }

    private static List<String> uris(PKCS10CertificationRequest csr) throws RefusedException {
        try {
            Extensions extensions = csr.getRequestedExtensions();
            GeneralNames names = extensions == null ? null : GeneralNames.fromExtensions(extensions, Extension.subjectAlternativeName);
            return names == null
                    ? List.of()
                    : Stream.of(names.getNames())
                            .filter(name -> name.getTagNo() == GeneralName.uniformResourceIdentifier)
                            .map(name -> ASN1IA5String.getInstance(name.getName()).getString())
                            .toList();
        } catch (RuntimeException e) {
            throw refused("its extensions do not parse");
        }
    }

    private static PKCS10CertificationRequest parse(String pem) throws RefusedException {
        try (PemReader reader = new PemReader(new StringReader(pem))) {
            PemObject object = reader.readPemObject();
            if (object == null || !TYPES.contains(object.getType())) {
                throw refused("no PEM request in it (expected: -----BEGIN CERTIFICATE REQUEST-----)");
            }
            PKCS10CertificationRequest csr = new PKCS10CertificationRequest(object.getContent());
            if (reader.readPemObject() != null) {
                throw refused("more than one PEM object in it");
            }
            return csr;
        } catch (IOException | RuntimeException e) {
            // BouncyCastle's decoders throw what they like on bytes that are not ASN.1.
            throw refused("does not parse as PKCS #10");
        }
    }

    private static PublicKey key(PKCS10CertificationRequest csr) throws RefusedException {
        AlgorithmIdentifier algorithm = csr.getSubjectPublicKeyInfo().getAlgorithm();
        boolean ec = X9ObjectIdentifiers.id_ecPublicKey.equals(algorithm.getAlgorithm());
        if (ec && !CURVES.contains(algorithm.getParameters())) {
            throw refused("an EC key on another curve (expected: P-256 or P-384)");
        }
        if (!ec && !PKCSObjectIdentifiers.rsaEncryption.equals(algorithm.getAlgorithm())) {
            throw refused("a key of type " + algorithm.getAlgorithm() + " (expected: EC P-256 or P-384, or RSA)");
        }
        try {
            PublicKey key = new JcaPEMKeyConverter().getPublicKey(csr.getSubjectPublicKeyInfo());
            if (key instanceof RSAPublicKey rsa) {
                checkRsa(rsa);
            } else if (!(key instanceof ECPublicKey)) {
                throw refused("a key of type " + key.getAlgorithm());
            }
            return key;
        } catch (IOException | RuntimeException e) {
            throw refused("its public key does not parse");
        }
    }

    private static void checkRsa(RSAPublicKey key) throws RefusedException {
        int bits = key.getModulus().bitLength();
        BigInteger exponent = key.getPublicExponent();
        if (bits < MIN_RSA || bits > MAX_RSA) {
            throw refused("an RSA key of " + bits + " bits (expected: " + MIN_RSA + " to " + MAX_RSA + ")");
        }
        if (exponent.bitLength() > MAX_RSA_EXPONENT_BITS || !exponent.testBit(0) || exponent.equals(BigInteger.ONE)) {
            throw refused("an RSA key with an unusual exponent (expected: 65537)");
        }
    }

    private static void prove(PKCS10CertificationRequest csr, PublicKey key) throws RefusedException {
        if (!SIGNATURES.contains(csr.getSignatureAlgorithm().getAlgorithm())) {
            throw refused("signed with " + csr.getSignatureAlgorithm().getAlgorithm() + " (expected: ECDSA or RSA with SHA-256, 384 or 512)");
        }
        try {
            if (csr.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                return;
            }
        } catch (PKCSException | OperatorCreationException | RuntimeException e) {
            throw refused("its signature cannot be checked");
        }
        throw refused("its signature is not by its key");
    }

    private static RefusedException refused(String why) {
        return RefusedException.invalid("certificate request refused: " + why);
    }
}
