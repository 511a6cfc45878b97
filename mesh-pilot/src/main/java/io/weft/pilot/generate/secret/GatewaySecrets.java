package io.weft.pilot.generate.secret;

import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.weft.pilot.generate.WorkloadIdentity;
import io.weft.pilot.model.Secret;
import io.weft.pilot.model.SecretValue;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Secrets of {@code credentialName}: only for a stream whose identity lives in the secret's namespace. Of a stream without identity nothing is known,
 * so it gets none.
 */
public final class GatewaySecrets {

    private static final String SCHEME = "kubernetes://";
    private static final String AUTHORITY = "-cacert";

    private GatewaySecrets() {}

    /** SDS name of a certificate and its key. */
    public static String certificate(String credential) {
        return SCHEME + credential;
    }

    /** SDS name of what client certificates are checked against. */
    public static String authority(String credential) {
        return SCHEME + credential + AUTHORITY;
    }

    /** The secrets that these credential names stand for; one that is missing or not complete is left out, and handshakes fail. */
    public static List<io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret> of(
            MeshState state, @Nullable WorkloadIdentity identity, Iterable<String> credentials) {
        List<io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret> secrets = new ArrayList<>();
        if (identity == null) {
            return secrets;
        }
        for (String credential : credentials) {
            Optional<Secret> own = state.get(Secret.class, identity.namespace(), credential);
            own.flatMap(secret -> certificate(credential, secret)).ifPresent(secrets::add);
            state.get(Secret.class, identity.namespace(), credential + AUTHORITY)
                    .or(() -> own)
                    .flatMap(secret -> authority(credential, secret))
                    .ifPresent(secrets::add);
        }
        return secrets;
    }

    private static Optional<io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret> certificate(
            String credential, Secret secret) {
        Optional<SecretValue> chain = secret.first(Secret.CHAIN);
        Optional<SecretValue> key = secret.first(Secret.KEY);
        if (chain.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.newBuilder()
                .setName(certificate(credential))
                .setTlsCertificate(TlsCertificate.newBuilder()
                        .setCertificateChain(bytes(chain.get()))
                        .setPrivateKey(bytes(key.get())))
                .build());
    }

    private static Optional<io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret> authority(
            String credential, Secret secret) {
        Optional<SecretValue> roots = secret.first(Secret.ROOTS);
        if (roots.isEmpty()) {
            return Optional.empty();
        }
        CertificateValidationContext.Builder context = CertificateValidationContext.newBuilder().setTrustedCa(bytes(roots.get()));
        secret.first(Secret.REVOKED).ifPresent(revoked -> context.setCrl(bytes(revoked)));
        return Optional.of(io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret.newBuilder()
                .setName(authority(credential))
                .setValidationContext(context)
                .build());
    }

    private static DataSource bytes(SecretValue value) {
        return DataSource.newBuilder().setInlineBytes(ByteString.copyFrom(value.bytes())).build();
    }
}
