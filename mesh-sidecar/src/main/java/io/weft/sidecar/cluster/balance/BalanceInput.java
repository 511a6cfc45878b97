package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.loop.LoopState;

/** What a balancer may look at besides the hosts. */
public interface BalanceInput {
    LoopState loop();

    /** Hash of the request by the route's policies; 0: none, a random one is used. */
    long hash();

    /** A host that had its chance in an earlier attempt. */
    boolean alreadyTried(Host host);

    /** How often a host is drawn in the hope of one that was not tried; more than once: then one is looked for, and only if there is none a tried one taken. */
    int hostSelectionAttempts();
}
