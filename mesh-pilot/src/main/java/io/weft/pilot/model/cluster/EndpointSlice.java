package io.weft.pilot.model.cluster;

import java.util.List;

/**
 * Some of the addresses behind a Service.
 *
 * @param service its name, in the slice's namespace
 * @param ports those of the addresses, named as the Service's are
 */
public record EndpointSlice(ResourceName id, String service, AddressType addressType, List<Port> ports, List<Endpoint> endpoints) {

    public EndpointSlice {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
    }

    /** Names ({@code FQDN}) are deprecated in Kubernetes, and nothing makes them. */
    public enum AddressType {
        IPV4,
        IPV6,
        OTHER
    }

    /** @param name empty when the Service's only port has none */
    public record Port(String name, int number) {}

    /**
     * One address.
     *
     * @param ready whether requests may go there
     * @param pod name of the pod, in the slice's namespace; empty for what is no pod
     * @param node where it is; empty when not known
     */
    public record Endpoint(String address, boolean ready, String pod, String node) {}
}
