package io.weft.pilot.generate;

import io.weft.pilot.generate.proto.MetadataExchange;
import io.weft.pilot.registry.spring.SpringCatalog;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the generators know of a proxy. It has no node id on purpose: two proxies that are equal here get the same resources, and this record is the
 * key under which they are shared.
 *
 * @param role         sidecar or gateway
 * @param namespace    of the stream's identity, else of the metadata
 * @param identity     who the stream was authenticated as; null on the plaintext port: no secrets then
 * @param labels       of the workload group for a registered workload, else of the metadata
 * @param workload     name of the workload, for per-workload records
 * @param bindAddress  where listeners bind unless a user says otherwise: loopback for a proxy that says its address is loopback
 * @param inboundPorts workload port → what the sidecar bound for it
 * @param proxyPort    bound outbound HTTP proxy port; 0: none
 * @param gatewayPorts port in users' YAML → port bound by this gateway
 * @param group        the workload group it registered into; null: not registered
 * @param extensions   extensions of ours this proxy knows
 * @param locality     {@code region/zone/subzone} that the node says; empty: it does not, and its workload group may
 * @param spring       predicates and filters it has for SpringRoutes; null: it has not said
 */
public record Proxy(
        Role role,
        String namespace,
        @Nullable WorkloadIdentity identity,
        Map<String, String> labels,
        String workload,
        String bindAddress,
        SortedMap<Integer, InboundPort> inboundPorts,
        int proxyPort,
        SortedMap<Integer, Integer> gatewayPorts,
        @Nullable String group,
        Set<String> extensions,
        String locality,
        @Nullable SpringCatalog spring) {

    /** A proxy beside an application, or one at the edge of the mesh. */
    public enum Role {
        SIDECAR,
        ROUTER
    }

    public Proxy {
        labels = Map.copyOf(labels);
        inboundPorts = Collections.unmodifiableSortedMap(new TreeMap<>(inboundPorts));
        gatewayPorts = Collections.unmodifiableSortedMap(new TreeMap<>(gatewayPorts));
        extensions = Set.copyOf(extensions);
    }

    /** The same proxy as its pod describes it. */
    public Proxy inPod(Map<String, String> podLabels, String podWorkload, String podLocality) {
        return new Proxy(
                role,
                namespace,
                identity,
                podLabels,
                podWorkload,
                bindAddress,
                inboundPorts,
                proxyPort,
                gatewayPorts,
                group,
                extensions,
                podLocality,
                spring);
    }

    /** Whether it can say who it is on a connection of bytes, and listen to who others are. */
    public boolean exchangesMetadata() {
        return extensions.contains(MetadataExchange.EXTENSION);
    }

    public boolean isGateway() {
        return role == Role.ROUTER;
    }
}
