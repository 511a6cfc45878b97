package io.weft.sidecar.xds;

import java.util.List;

/**
 * What one response says about one kind.
 *
 * @param full true when {@code resources} is all there is and everything absent is gone (CDS and LDS in state of the world)
 */
record Update(ResourceKind kind, List<RawResource> resources, List<String> removed, boolean full) {}
