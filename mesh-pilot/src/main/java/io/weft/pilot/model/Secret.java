package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A Kubernetes v1 Secret. Its values show neither in logs nor over REST. */
public record Secret(ObjectMeta meta, @Nullable String type, Map<String, SecretValue> data) implements ConfigObject {

    /** What a certificate chain is called, as Kubernetes and as the reference mesh have it; of two the first counts. */
    public static final List<String> CHAIN = List.of("tls.crt", "cert");

    /** What its private key is called. */
    public static final List<String> KEY = List.of("tls.key", "key");

    /** What the roots for client certificates are called. */
    public static final List<String> ROOTS = List.of("ca.crt", "cacert");

    /** What the list of revoked client certificates is called. */
    public static final List<String> REVOKED = List.of("ca.crl", "crl");

    public Secret {
        data = Copies.ordered(data);
    }

    /** The first of these values that is there, and not empty. */
    public Optional<SecretValue> first(List<String> keys) {
        return keys.stream().map(data::get).filter(value -> value != null && value.bytes().length > 0).findFirst();
    }

    @Override
    public Secret withMeta(ObjectMeta newMeta) {
        return new Secret(newMeta, type, data);
    }
}
