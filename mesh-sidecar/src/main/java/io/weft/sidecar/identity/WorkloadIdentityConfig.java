package io.weft.sidecar.identity;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificate is wanted, from whom.
 *
 * @param id the identity this workload has; a certificate for another one is refused
 * @param caHost host of the CA
 * @param caPort port of the CA, 8060 by default
 * @param rootCert file of the mesh's trust anchors, read again when it changes; may appear later
 * @param tokenFile file of the token shown to the CA, read at every use; may appear later
 * @param cacheDir folder where key and chain survive a restart (made with mode 0700); null: they do not
 * @param ttl lifetime asked for; zero: the CA's default
 * @param projectedToken whether the token is in a volume of the kubelet's, where others may read it too
 */
public record WorkloadIdentityConfig(
        SpiffeId id, String caHost, int caPort, Path rootCert, Path tokenFile, @Nullable Path cacheDir, Duration ttl, boolean projectedToken) {

    public WorkloadIdentityConfig {
        if (caPort < 1 || caPort > 65535) {
            throw new IllegalArgumentException("port of the CA: " + caPort + " (expected: 1 to 65535)");
        }
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("certificate lifetime: " + ttl + " (expected: 0 for the CA's default, or more)");
        }
    }

    /** With the CA's default lifetime; a token below {@code /var/run/secrets} is a projected one. */
    public static WorkloadIdentityConfig of(
            SpiffeId id, String caHost, int caPort, Path rootCert, Path tokenFile, @Nullable Path cacheDir) {
        return new WorkloadIdentityConfig(id, caHost, caPort, rootCert, tokenFile, cacheDir, Duration.ZERO, TokenFile.isProjected(tokenFile));
    }

    /** The same, with a token in a volume of the kubelet's wherever that is mounted. */
    public WorkloadIdentityConfig withProjectedToken() {
        return new WorkloadIdentityConfig(id, caHost, caPort, rootCert, tokenFile, cacheDir, ttl, true);
    }

    /** The one identity that may answer as CA (docs/contracts.md). */
    SpiffeId caId() {
        return new SpiffeId(id.trustDomain(), "istio-system", "mesh-ca");
    }
}
