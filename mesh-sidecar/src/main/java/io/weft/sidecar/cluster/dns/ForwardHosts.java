package io.weft.sidecar.cluster.dns;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.message.Hosts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a dynamic forward proxy: made when a request asks for them, kept while they are used, at most a thousand at a time. Our own
 * listeners are refused, or a request could run in a circle for ever.
 */
public final class ForwardHosts {
    private static final int MOST = 1024;
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final NameResolver names;
    private final ClusterResource.Dns.Family family;
    private final int defaultPort;
    private final Predicate<InetSocketAddress> own;
    private final Map<String, Entry> hosts = new LinkedHashMap<>(16, 0.75f, true);

    public ForwardHosts(
            NameResolver names, ClusterResource.Dns.Family family, int defaultPort, Predicate<InetSocketAddress> own) {
        this.names = names;
        this.family = family;
        this.defaultPort = defaultPort;
        this.own = own;
    }

    /** Answers at once when the host is known, else on {@code loop} when DNS has answered. */
    public void find(String authority, LoopState loop, Found found) {
        String key = Hosts.lower(authority);
        Host known = fresh(key);
        if (known != null) {
            found.host(known);
            return;
        }
        String bare = Hosts.withoutPort(key);
        String name = bare.startsWith("[") && bare.endsWith("]") ? bare.substring(1, bare.length() - 1) : bare;
        int port = Hosts.port(key, defaultPort);
        names.resolve(name, family, new NameResolver.Answer() {
            @Override
            public void addresses(List<InetAddress> addresses) {
                Host host = remember(key, name, new InetSocketAddress(addresses.get(0), port));
                loop.eventLoop().execute(() -> {
                    if (host == null) {
                        found.refused("destination is this proxy itself");
                    } else {
                        found.host(host);
                    }
                });
            }

            @Override
            public void failed(String reason) {
                loop.eventLoop().execute(() -> found.refused(reason));
            }
        });
    }

    private synchronized @Nullable Host fresh(String key) {
        Entry entry = hosts.get(key);
        return entry != null && System.nanoTime() - entry.sinceNanos() < FRESH_NANOS ? entry.host() : null;
    }

    private synchronized @Nullable Host remember(String key, String name, InetSocketAddress address) {
        if (own.test(address)) {
            return null;
        }
        Entry before = hosts.get(key);
        Host host = before != null && before.host().address().equals(address)
                ? before.host()
                : new Host(
                        new EndpointsResource.Endpoint(
                                new NetAddress(address.getAddress().getHostAddress(), address.getPort()),
                                name, 1, EndpointsResource.Health.UNKNOWN, Map.of(), Workload.UNKNOWN, 0),
                        address, 0);
        if (before != null && before.host() != host) {
            before.host().retire();
        }
        hosts.put(key, new Entry(host, System.nanoTime()));
        if (hosts.size() > MOST) {
            Iterator<Entry> oldest = hosts.values().iterator();
            oldest.next().host().retire();
            oldest.remove();
        }
        return host;
    }

    public synchronized List<Host> all() {
        return hosts.values().stream().map(Entry::host).toList();
    }

    private record Entry(Host host, long sinceNanos) {}

    /** What came of it. */
    public interface Found {
        void host(Host host);

        void refused(String reason);
    }
}
