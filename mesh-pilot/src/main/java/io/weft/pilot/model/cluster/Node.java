package io.weft.pilot.model.cluster;

/**
 * A machine of the cluster.
 *
 * @param locality {@code region/zone/subzone}, empty when it does not say
 */
public record Node(String name, String locality) {}
