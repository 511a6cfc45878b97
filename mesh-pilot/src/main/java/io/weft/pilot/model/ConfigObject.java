package io.weft.pilot.model;

/** An object of configuration. */
public sealed interface ConfigObject
        permits Gateway,
                VirtualService,
                DestinationRule,
                ServiceEntry,
                WorkloadEntry,
                WorkloadGroup,
                Sidecar,
                PeerAuthentication,
                AuthorizationPolicy,
                SpringRoute,
                Telemetry,
                Service,
                Secret {

    ObjectMeta meta();

    /** The same object with other metadata. */
    ConfigObject withMeta(ObjectMeta meta);

    default ObjectKey key() {
        return meta().key();
    }

    default String namespace() {
        return meta().namespace();
    }

    default String name() {
        return meta().name();
    }
}
