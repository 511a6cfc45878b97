package io.weft.ca;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The certificate authority ({@code weft.ca.*}).
 *
 * @param dir folder of root and intermediate; default {@code ca} below {@code weft.home}
 * @param grpcPort where certificates are asked for; 0: a free one
 * @param httpPort Actuator; 0: a free one
 * @param workloadCertTtl lifetime of a certificate whose requester names none
 * @param maxWorkloadCertTtl the longest a requester may name
 * @param rootCertTtl lifetime of a new root
 * @param intermediateCertTtl lifetime of a new intermediate, renewed before half of it is over or when less than the longest workload
 *     certificate is left
 * @param serverCertTtl lifetime of this server's own certificate, renewed at half of it
 * @param rotationCheck how often is looked whether something has to be renewed
 * @param maxConnections gRPC connections at a time
 * @param dnsNames names in this server's certificate, besides its SPIFFE id
 * @param addresses IP addresses in this server's certificate
 * @param kubernetes keys, tokens and the root certificate for everybody by Kubernetes' API
 */
@ConfigurationProperties("weft.ca")
public record CaProperties(
        @Nullable Path dir,
        @DefaultValue("8060") int grpcPort,
        @DefaultValue("15015") int httpPort,
        @DefaultValue("24h") Duration workloadCertTtl,
        @DefaultValue("90d") Duration maxWorkloadCertTtl,
        @DefaultValue("3650d") Duration rootCertTtl,
        @DefaultValue("365d") Duration intermediateCertTtl,
        @DefaultValue("24h") Duration serverCertTtl,
        @DefaultValue("1m") Duration rotationCheck,
        @DefaultValue("1000") int maxConnections,
        @DefaultValue({"localhost", "mesh-ca", "mesh-ca.istio-system.svc", "istio-citadel", "istio-citadel.istio-system.svc"}) List<String> dnsNames,
        @DefaultValue({"127.0.0.1", "::1"}) List<String> addresses,
        @DefaultValue Kubernetes kubernetes) {

    public CaProperties {
        if (grpcPort < 0 || grpcPort > 65535) {
            throw new IllegalArgumentException("weft.ca.grpc-port: " + grpcPort + " (expected: 0 to 65535)");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("weft.ca.max-connections: " + maxConnections + " (expected: >= 1)");
        }
        if (rotationCheck.toMillis() < 1) {
            throw new IllegalArgumentException("weft.ca.rotation-check: " + rotationCheck + " (expected: at least 1ms)");
        }
        if (kubernetes.enabled() && dir != null) {
            throw new IllegalArgumentException(
                    "weft.ca.dir: " + dir + " (expected: none with weft.ca.kubernetes.enabled, a Secret keeps what would be there)");
        }
    }

    /**
     * On Kubernetes ({@code weft.ca.kubernetes.*}): root and intermediate are in Secret {@code istio-system/istio-ca-secret}, tokens are
     * service accounts' and the API server is asked about each (TokenReview), the root certificate goes to ConfigMap
     * {@code istio-ca-root-cert} of every namespace.
     *
     * @param enabled whether keys, tokens and the root certificate go by Kubernetes' API
     * @param kubeconfig where the API server is; default: what every Kubernetes client does (the pod's own service account,
     *     {@code KUBECONFIG}, {@code ~/.kube/config})
     * @param patience how long a start waits for the API server
     * @param reviewTimeout how long one answer of the API server may take
     * @param reviewsAtATime questions about tokens at a time
     * @param reviewsPerSecond questions about tokens a second
     * @param resync how often every namespace is looked at again
     */
    public record Kubernetes(
            @DefaultValue("false") boolean enabled,
            @Nullable Path kubeconfig,
            @DefaultValue("2m") Duration patience,
            @DefaultValue("5s") Duration reviewTimeout,
            @DefaultValue("8") int reviewsAtATime,
            @DefaultValue("100") int reviewsPerSecond,
            @DefaultValue("1m") Duration resync) {

        public Kubernetes {
            positive("review-timeout", reviewTimeout.toMillis(), reviewTimeout);
            positive("reviews-at-a-time", reviewsAtATime, reviewsAtATime);
            positive("reviews-per-second", reviewsPerSecond, reviewsPerSecond);
            positive("resync", resync.toMillis(), resync);
            if (patience.isNegative()) {
                throw new IllegalArgumentException("weft.ca.kubernetes.patience: " + patience + " (expected: >= 0)");
            }
        }

        private static void positive(String name, long value, Object shown) {
            if (value < 1) {
                throw new IllegalArgumentException("weft.ca.kubernetes." + name + ": " + shown + " (expected: more than 0)");
            }
        }
    }
}
