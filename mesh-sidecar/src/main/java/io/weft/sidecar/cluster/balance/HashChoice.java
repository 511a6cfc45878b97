package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.cluster.Host;

/** The same host for the same hash as long as that host is there. */
interface HashChoice {
    Host at(long hash);
}
