package io.weft.sidecar.xds;

import com.google.protobuf.Any;

/**
 * A resource as it came.
 *
 * @param name its name; empty when the stream does not say it outside the resource (state of the world)
 * @param version as the server calls it
 */
public record RawResource(String name, String version, Any body) {}
