package io.weft.pilot.model.cluster;

/** Namespace and name of something in the cluster; the namespace is empty for what has none. */
public record ResourceName(String namespace, String name) {

    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
