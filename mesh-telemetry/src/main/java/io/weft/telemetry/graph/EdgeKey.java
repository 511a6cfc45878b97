package io.weft.telemetry.graph;

/**
 * One line of the graph as one side reports it.
 *
 * @param service host that was called
 * @param bySource whether the caller's proxy reported it, or the called one's
 */
record EdgeKey(Node source, Node target, String service, String protocol, boolean bySource) {}
