package io.weft.sidecar.observe.send;

import io.weft.sidecar.message.RequestHead;

/**
 * One request with observations in it.
 *
 * @param head a new one for each request
 * @param items how many observations
 */
public record Parcel(RequestHead head, byte[] body, boolean grpc, int items) {}
