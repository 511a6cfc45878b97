package io.weft.pilot.registry.entry;

import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.Service;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The protocol of a port: {@code appProtocol}, else the port's name ({@code http-admin}), else its number. */
public final class PortProtocol {

    private static final Map<String, Protocol> APP_PROTOCOLS = Map.of(
            "kubernetes.io/h2c", Protocol.HTTP2,
            "kubernetes.io/ws", Protocol.HTTP,
            "kubernetes.io/wss", Protocol.HTTPS,
            "ws", Protocol.HTTP,
            "wss", Protocol.HTTPS);

    private static final Map<String, Protocol> NAMES = Map.ofEntries(
            Map.entry("http", Protocol.HTTP),
            Map.entry("http_proxy", Protocol.HTTP),
            Map.entry("http2", Protocol.HTTP2),
            Map.entry("grpc", Protocol.GRPC),
            Map.entry("https", Protocol.HTTPS),
            Map.entry("tls", Protocol.TLS),
            Map.entry("tcp", Protocol.TCP),
            Map.entry("udp", Protocol.UDP),
            Map.entry("mongo", Protocol.MONGO),
            Map.entry("redis", Protocol.REDIS),
            Map.entry("mysql", Protocol.MYSQL));

    /** SMTP, DNS, MySQL and MongoDB: the server speaks first, so there is nothing to sniff. */
    private static final Set<Integer> SERVER_FIRST = Set.of(25, 53, 3306, 27017);

    private PortProtocol() {}

    static Protocol of(Service.Port port) {
        if (port.transport().equals("UDP")) {
            return Protocol.UDP;
        }
        String application = port.appProtocol();
        if (application != null) {
            Protocol known = APP_PROTOCOLS.get(application.toLowerCase(Locale.ROOT));
            Protocol named = known != null ? known : named(application);
            if (named != null) {
                return named;
            }
        }
        return of(port.name(), port.port());
    }

    /** By name and number alone. */
    public static Protocol of(@Nullable String name, int number) {
        Protocol named = name == null ? null : named(name);
        if (named != null) {
            return named;
        }
        return SERVER_FIRST.contains(number) ? Protocol.TCP : Protocol.UNKNOWN;
    }

    private static @Nullable Protocol named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("grpc-web") || lower.startsWith("grpc-web-")) {
            return Protocol.GRPC_WEB;
        }
        int dash = lower.indexOf('-');
        return NAMES.get(dash < 0 ? lower : lower.substring(0, dash));
    }
}
