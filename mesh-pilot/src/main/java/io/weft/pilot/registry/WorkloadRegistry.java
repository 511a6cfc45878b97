package io.weft.pilot.registry;

import io.weft.pilot.model.WorkloadEntry;
import org.jspecify.annotations.Nullable;

/**
 * Workloads that registered themselves. The caller has checked who they are: a registration is trusted here, and always
 * counts as having a sidecar that speaks the mesh's mTLS.
 *
 * <p>Registrations are kept on disk. After a restart the old ones stay for a grace period, so that the first proxy that
 * comes back is not told that everybody else is gone. All methods are thread-safe and return when the next
 * {@code MeshState} is certain to hold the change; they do not wait for it.
 */
public interface WorkloadRegistry {

    /** Annotation of a registered entry: the name of its WorkloadGroup, in the entry's namespace. */
    String GROUP_ANNOTATION = "istio.io/autoRegistrationGroup";

    /** Label of an entry whose workload has a sidecar: {@code istio}. */
    String TLS_MODE_LABEL = "security.istio.io/tlsMode";

    /** Proxies can connect from now on: those registered before a restart have their grace from here. Said again it changes nothing. */
    void reachable();

    /**
     * Adds or replaces a workload.
     *
     * @param entry carries {@link #GROUP_ANNOTATION}; its {@code ports} are the group's port names with the numbers where
     *     the sidecar listens; health reported earlier under this name is kept if address and ports are the same
     */
    void register(WorkloadEntry entry);

    /** Removes a workload; nothing happens if it is not there. */
    void unregister(String namespace, String name);

    /**
     * Takes a workload's own report of its health. A report about an unknown workload is ignored.
     *
     * @param message what is wrong; null when healthy
     */
    void health(String namespace, String name, boolean healthy, @Nullable String message);
}
