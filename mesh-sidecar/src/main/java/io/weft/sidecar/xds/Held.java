package io.weft.sidecar.xds;

/** A resource that was accepted: as it came, and what it means here. */
record Held<T>(RawResource raw, T parsed, Needs needs) {}
