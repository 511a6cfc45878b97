package io.weft.sidecar.resource;

import org.jspecify.annotations.Nullable;

/** Envoy's {@code QueryParameterMatcher}: by value, or (string null) by presence. */
public record QueryMatch(String name, @Nullable StringMatch string) {}
