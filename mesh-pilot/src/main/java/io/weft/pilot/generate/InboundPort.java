package io.weft.pilot.generate;

/**
 * One port of a workload without traffic capture.
 *
 * @param inbound the port its sidecar has bound for callers
 * @param app     the port where the application itself listens
 */
public record InboundPort(int inbound, int app) {}
