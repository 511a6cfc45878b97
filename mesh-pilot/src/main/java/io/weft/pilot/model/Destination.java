package io.weft.pilot.model;

import org.jspecify.annotations.Nullable;

/**
 * Where a route sends to.
 *
 * @param host as written; a short name belongs to the namespace of the object that holds it
 * @param subset name of a DestinationRule's subset
 * @param port service port
 */
public record Destination(String host, @Nullable String subset, @Nullable Integer port) {}
