package io.weft.sidecar.layer.rbac;

import io.netty.util.NetUtil;
import io.weft.sidecar.resource.CidrRange;
import io.weft.sidecar.resource.ResourceException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A compiled {@link CidrRange}. */
public final class AddressRange {
    private final byte[] prefix;
    private final int bits;

    public AddressRange(CidrRange range) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(range.address());
        if (bytes == null) {
            throw new ResourceException("address_prefix: " + range.address() + " (expected: an IP address)");
        }
        this.prefix = bytes;
        this.bits = range.prefixLength();
    }

    public boolean contains(@Nullable InetAddress address) {
        if (address == null) {
            return false;
        }
        byte[] bytes = address.getAddress();
        if (bytes.length != prefix.length) {
            return false;
        }
        int whole = bits / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != prefix[i]) {
                return false;
            }
        }
        int rest = bits % 8;
        return rest == 0 || ((bytes[whole] ^ prefix[whole]) & 0xff & (0xff << (8 - rest))) == 0;
    }
}
