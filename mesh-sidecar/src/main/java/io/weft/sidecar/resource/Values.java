package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Small values that occur in many messages. */
final class Values {
    /** Longer than any sensible timer, and far from where arithmetic on nanoseconds overflows. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private static final Fields ADDRESS = Fields.of(Address.getDescriptor(), "socket_address", "pipe");
    private static final Fields SOCKET_ADDRESS = Fields.of(
                    SocketAddress.getDescriptor(), "protocol", "address", "port_value")
            .ignore("IPv6 sockets here always accept IPv4 as the system says", "ipv4_compat");
    private static final Fields CIDR =
            Fields.of(io.envoyproxy.envoy.config.core.v3.CidrRange.getDescriptor(), "address_prefix", "prefix_len");
    private static final Fields RUNTIME_PERCENT = Fields.of(
                    io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent.getDescriptor(), "default_value")
            .ignore("there is no runtime layer that could override the default", "runtime_key");

    private Values() {}

    static Duration duration(Where where, String field, com.google.protobuf.Duration value) {
        long seconds = value.getSeconds();
        int nanos = value.getNanos();
        if (seconds < 0 || nanos < 0 || nanos > 999_999_999 || seconds > LONGEST.toSeconds()) {
            throw where.refuse(field, seconds + "." + nanos + "s", ">= 0s, at most " + LONGEST.toDays() + " days");
        }
        return Duration.ofSeconds(seconds, nanos);
    }

    /** An unsigned 32-bit number; what does not fit into an int means "no limit" wherever it is used. */
    static int uint(UInt32Value value) {
        return uint(value.getValue());
    }

    static int uint(int bits) {
        return bits < 0 ? Integer.MAX_VALUE : bits;
    }

    static int percent(Where where, String field, UInt32Value value) {
        int percent = value.getValue();
        if (percent < 0 || percent > 100) {
            throw where.refuse(field, Integer.toUnsignedString(percent), "0 to 100");
        }
        return percent;
    }

    /** A name that must not be empty. */
    static String named(Where where, String field, String name) {
        if (name.isEmpty()) {
            throw where.refuse(field, "\"\"", "a name");
        }
        return name;
    }

    static FractionalPercent fraction(Where where, io.envoyproxy.envoy.type.v3.FractionalPercent percent) {
        int denominator;
        if (percent.getDenominator() == DenominatorType.HUNDRED) {
            denominator = 100;
        } else if (percent.getDenominator() == DenominatorType.TEN_THOUSAND) {
            denominator = 10_000;
        } else if (percent.getDenominator() == DenominatorType.MILLION) {
            denominator = 1_000_000;
        } else {
            throw where.refuse("denominator", percent.getDenominatorValue(), "HUNDRED, TEN_THOUSAND or MILLION");
        }
        return new FractionalPercent(uint(percent.getNumerator()), denominator);
    }

    static FractionalPercent fraction(Where where, io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent percent) {
        RUNTIME_PERCENT.check(where, percent);
        return fraction(where.field("default_value"), percent.getDefaultValue());
    }

    static NetAddress address(Where where, Address address) {
        ADDRESS.check(where, address);
        if (address.hasPipe()) {
            return new NetAddress(address.getPipe().getPath(), 0);
        }
        if (!address.hasSocketAddress()) {
            throw where.refuse("no address (expected: socket_address)");
        }
        SocketAddress socket = address.getSocketAddress();
        Where at = where.field("socket_address");
        SOCKET_ADDRESS.check(at, socket);
        if (socket.getProtocol() != SocketAddress.Protocol.TCP) {
            throw at.refuse("protocol", socket.getProtocol(), "TCP");
        }
        if (socket.getAddress().isEmpty()) {
            throw at.refuse("address", "\"\"", "an IP address or a host name");
        }
        int port = socket.getPortValue();
        if (port < 0 || port > 65535) {
            throw at.refuse("port_value", Integer.toUnsignedString(port), "0 to 65535");
        }
        return new NetAddress(socket.getAddress(), port);
    }

    static CidrRange cidr(Where where, io.envoyproxy.envoy.config.core.v3.CidrRange range) {
        CIDR.check(where, range);
        String address = range.getAddressPrefix();
        if (!io.netty.util.NetUtil.isValidIpV4Address(address) && !io.netty.util.NetUtil.isValidIpV6Address(address)) {
            throw where.refuse("address_prefix", address, "an IP address");
        }
        int length = range.hasPrefixLen() ? uint(range.getPrefixLen()) : 0;
        int longest = address.indexOf(':') >= 0 ? 128 : 32;
        if (length > longest) {
            throw where.refuse("prefix_len", length, "0 to " + longest);
        }
        return new CidrRange(address, length);
    }

    /** The string values of a struct; anything else in it is refused. */
    static Map<String, String> strings(Where where, Struct struct) {
        Map<String, String> strings = new HashMap<>();
        for (Map.Entry<String, Value> entry : struct.getFieldsMap().entrySet()) {
            if (!entry.getValue().hasStringValue()) {
                throw where.refuse(entry.getKey(), entry.getValue().getKindCase(), "a string");
            }
            strings.put(entry.getKey(), entry.getValue().getStringValue());
        }
        return strings;
    }

    static <T extends Message> T unpack(Where where, Any any, Class<T> type) {
        try {
            return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new ResourceException(where + ": not a " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    /** The message's name in a type URL. */
    static String typeName(Any any) {
        String url = any.getTypeUrl();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    /** Refuses a recursive message that is nested so deep that nobody wrote it by hand. */
    static void bounded(Where where) {
        if (where.depth() > 64) {
            throw where.refuse("nested too deep (expected: at most 64 levels)");
        }
    }
}
