package io.weft.sidecar.resource;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bootstrap file. Free of protobuf's classes, so that they can be forgotten once it has been read.
 *
 * @param admin where the admin endpoints are bound; null: nowhere
 * @param ads null: static resources are all there is
 * @param secretNames names of the static secrets
 * @param message the file as a serialised {@code Bootstrap}, for the configuration dump
 * @param node who the file says this proxy is
 * @param notices which fields are set without effect, and why; a line each
 */
public record BootstrapResource(
        List<SecretResource> secrets,
        List<ClusterResource> clusters,
        List<ListenerResource> listeners,
        @Nullable NetAddress admin,
        @Nullable Ads ads,
        Set<String> secretNames,
        byte[] message,
        LocalNode node,
        List<String> notices) {
    public BootstrapResource {
        secrets = List.copyOf(secrets);
        clusters = List.copyOf(clusters);
        listeners = List.copyOf(listeners);
        secretNames = Set.copyOf(secretNames);
        notices = List.copyOf(notices);
    }

    /** Whether anything static speaks TLS. */
    public boolean usesTls() {
        return clusters.stream().anyMatch(c -> c.tls() != null || c.transportMatches().stream().anyMatch(m -> m.tls() != null))
                || listeners.stream().anyMatch(l -> l.filterChains().stream().anyMatch(c -> c.tls() != null)
                        || l.defaultFilterChain() != null && l.defaultFilterChain().tls() != null);
    }

    /**
     * Where the rest comes from.
     *
     * @param cluster the static cluster of the control plane
     * @param authority for gRPC; empty: the address
     * @param node a serialised {@code Node}, sent as it is in the file
     */
    public record Ads(boolean delta, ClusterResource cluster, String authority, byte[] node) {}
}
