package io.weft.sidecar.cluster.dns;

import io.netty.channel.EventLoop;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the addresses of a DNS cluster fresh. A name that does not resolve keeps the addresses it had. STRICT_DNS uses every address,
 * LOGICAL_DNS the first.
 */
public final class DnsEndpoints implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DnsEndpoints.class);

    private final ClusterResource cluster;
    private final NameResolver names;
    private final EventLoop loop;
    private final Consumer<Map<String, List<InetAddress>>> sink;
    private final Map<String, List<InetAddress>> known = new ConcurrentHashMap<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private volatile boolean closed;

    /** @param sink told every name's addresses whenever they change */
    public DnsEndpoints(
            ClusterResource cluster,
            EndpointsResource endpoints,
            NameResolver names,
            EventLoop loop,
            Consumer<Map<String, List<InetAddress>>> sink) {
        this.cluster = cluster;
        this.names = names;
        this.loop = loop;
        this.sink = sink;
        endpoints.localities().forEach(locality -> locality.endpoints().forEach(endpoint -> wanted.add(endpoint.address().host())));
    }

    public void start() {
        wanted.forEach(this::ask);
        long millis = Math.max(1000, cluster.dns().refreshRate().toMillis());
        loop.schedule(this::again, millis, TimeUnit.MILLISECONDS);
    }

    private void again() {
        if (!closed && !loop.isShuttingDown()) {
            start();
        }
    }

    private void ask(String name) {
        names.resolve(name, cluster.dns().family(), new NameResolver.Answer() {
            @Override
            public void addresses(List<InetAddress> addresses) {
                List<InetAddress> used =
                        cluster.type() == ClusterResource.Type.LOGICAL_DNS ? addresses.subList(0, 1) : addresses;
                List<InetAddress> before = known.put(name, List.copyOf(used));
                if (!closed && (before == null || !Set.copyOf(before).equals(Set.copyOf(used)))) {
                    sink.accept(Map.copyOf(known));
                }
            }

            @Override
            public void failed(String reason) {
                log.warn("cluster {}: {}", cluster.name(), reason);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
    }
}
