package io.weft.sidecar.listener;

/** A resource that was not taken, and why; the one in force before stays. */
public record Rejection(String name, String reason) {}
