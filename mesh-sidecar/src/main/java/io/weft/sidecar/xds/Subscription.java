package io.weft.sidecar.xds;

import java.util.Set;

/** What changed in what is asked for of one kind. */
record Subscription(ResourceKind kind, Set<String> added, Set<String> removed, Set<String> all) {}
