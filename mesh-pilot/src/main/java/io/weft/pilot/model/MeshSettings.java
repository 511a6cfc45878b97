package io.weft.pilot.model;

/**
 * What holds for the whole mesh.
 *
 * @param trustDomain first part of every SPIFFE id
 * @param clusterDomain last part of every service's host name
 * @param rootNamespace policies here are mesh-wide
 * @param outboundTrafficPolicy for sidecars that no Sidecar object says otherwise about
 * @param pathNormalization the form of a request's path that every proxy matches, authorises and forwards
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

    /** The same mesh, deciding on another form of paths. */
    public MeshSettings with(PathNormalization other) {
        return new MeshSettings(trustDomain, clusterDomain, rootNamespace, outboundTrafficPolicy, other, observability);
    }

    public String spiffeId(String namespace, String serviceAccount) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }

    /** A service's host name, such as {@code reviews.default.svc.cluster.local}. */
    public String serviceHost(String name, String namespace) {
        return name + "." + namespace + ".svc." + clusterDomain;
    }

    /** {@code meshConfig.pathNormalization} of the reference: each does what the one before does, and more. */
    public enum PathNormalization {
        /** As it came. A policy on paths is then as good as the application's own reading of them is the same. */
        NONE,
        /** Backslashes are slashes, dot segments are resolved (RFC 3986). */
        BASE,
        /** Of several slashes one is left. */
        MERGE_SLASHES,
        /** {@code %2F} and {@code %5C} are slashes too. */
        DECODE_AND_MERGE_SLASHES
    }
}
