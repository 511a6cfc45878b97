package io.weft.pilot.model;

/**
 * What holds for the whole mesh.
 *
 * @param trustDomain first part of every SPIFFE id
 * @param clusterDomain last part of every service's host name
 * @param rootNamespace policies here are mesh-wide
 * @param outboundTrafficPolicy for sidecars that no Sidecar object says otherwise about
 * @param observability what proxies report
 */
public record MeshSettings(
        String trustDomain,
        String clusterDomain,
        String rootNamespace,
        OutboundMode outboundTrafficPolicy,
        PathNormalization pathNormalization,
        Observability observability) {

    public static final MeshSettings DEFAULTS = new MeshSettings(
            "cluster.local",
            "cluster.local",
            "istio-system",
            OutboundMode.ALLOW_ANY,
            PathNormalization.BASE,
            Observability.NONE);

    /** The same mesh, observed in another way. */
    public MeshSettings with(Observability other) {
        return new MeshSettings(trustDomain, clusterDomain, rootNamespace, outboundTrafficPolicy, pathNormalization, other);
    }

    public String spiffeId(String namespace, String serviceAccount) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }

    /** A service's host name, such as {@code reviews.default.svc.cluster.local}. */
    public String serviceHost(String name, String namespace) {
        return name + "." + namespace + ".svc." + clusterDomain;
    }

    public enum PathNormalization {
        NONE,
        BASE,
        MERGE_SLASHES,
        DECODE_AND_MERGE_SLASHES
    }
}
