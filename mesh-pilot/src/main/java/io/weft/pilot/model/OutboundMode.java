package io.weft.pilot.model;

/** What a sidecar does with a destination the mesh does not know. */
public enum OutboundMode {
    REGISTRY_ONLY,
    ALLOW_ANY
}
