package io.weft.sidecar.observe.accesslog;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Addresses in a line: {@code ip:port}, or {@code ip} alone; {@code -} when there is none. A line has up to four: no strings are made of them. */
final class LogAddress {
    private LogAddress() {}

    static void write(@Nullable SocketAddress address, boolean port, LineBuffer out) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            out.append(address == null ? "-" : address.toString());
            return;
        }
        InetAddress ip = inet.getAddress();
        if (ip instanceof Inet4Address) {
            byte[] bytes = ip.getAddress();
            for (int i = 0; i < bytes.length; i++) {
                (i == 0 ? out : out.append('.')).append(bytes[i] & 0xff);
            }
        } else if (port) {
            out.append('[').append(NetUtil.toAddressString(ip)).append(']');
        } else {
            out.append(NetUtil.toAddressString(ip));
        }
        if (port) {
            out.append(':').append(inet.getPort());
        }
    }
}
