package io.weft.sidecar.cluster;

import org.jspecify.annotations.Nullable;

/** A cluster by name, as routes hold it: whether it exists, and as what, may change at any time. */
public final class ClusterRef {
    private final String name;
    private volatile @Nullable Cluster cluster;

    ClusterRef(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    /** Null: there is none of that name now. */
    public @Nullable Cluster get() {
        return cluster;
    }

    void set(@Nullable Cluster live) {
        cluster = live;
    }
}
