package io.weft.gateway.engine;

import reactor.netty.resources.LoopResources;

/**
 * Event loops for the applications behind a gateway, for as long as the tests run. Left to themselves they are on Reactor Netty's global ones, which a gateway ends when it is closed; and
 * Netty does not close every channel of a loop that ends without a quiet period, so that closing the application later waits in vain.
 */
final class BackendLoops {

    static final LoopResources SHARED = LoopResources.create("backend", 2, true);

    private BackendLoops() {}
}
