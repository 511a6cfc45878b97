package io.weft.pilot.registry;

/** A service's name in the mesh: two namespaces may each have a ServiceEntry of one host. */
public record ServiceKey(String hostname, String namespace) {}
