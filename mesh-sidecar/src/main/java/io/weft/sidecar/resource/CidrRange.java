package io.weft.sidecar.resource;

/** An address prefix; {@code address} is an IP literal. */
public record CidrRange(String address, int prefixLength) {
    public CidrRange {
        int max = address.indexOf(':') >= 0 ? 128 : 32;
        if (prefixLength < 0 || prefixLength > max) {
            throw new ResourceException(
                    "prefix_len: " + prefixLength + " of " + address + " (expected: 0 to " + max + ")");
        }
    }
}
