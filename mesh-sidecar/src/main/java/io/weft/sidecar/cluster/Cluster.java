package io.weft.sidecar.cluster;

import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.weft.sidecar.cluster.balance.BalanceInput;
import io.weft.sidecar.cluster.balance.Balancer;
import io.weft.sidecar.cluster.dns.DnsEndpoints;
import io.weft.sidecar.cluster.dns.ForwardHosts;
import io.weft.sidecar.cluster.limit.Breakers;
import io.weft.sidecar.cluster.outlier.OutlierDetector;
import io.weft.sidecar.cluster.pool.ChannelOpener;
import io.weft.sidecar.cluster.pool.HostPool;
import io.weft.sidecar.cluster.pool.Introduction;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.observe.peer.SelfHeaders;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.secret.TlsBinding;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One live cluster: the resource it was made from, its hosts, its limits. Hosts are replaced as a whole; those that stay keep their state and
 * connections. Thread-safe.
 */
public final class Cluster implements ClusterView, AutoCloseable {
    private final ClusterResource resource;
    private final ClusterEnvironment environment;
    private final Breakers breakers;
    private final ClusterCounters counters;
    private final Transports transports;
    private final @Nullable OutlierDetector outliers;
    private final @Nullable ForwardHosts forward;
    private @Nullable EndpointsResource endpoints;
    private @Nullable DnsEndpoints dns;
    private List<Balancer.Members> members = List.of();
    private volatile List<Host> hosts = List.of();
    private volatile Balancer balancer;
    private volatile boolean closed;

    /** @throws ResourceException when the resource cannot be served */
    public Cluster(ClusterResource resource, ClusterEnvironment environment) {
        this.resource = resource;
        this.environment = environment;
        this.breakers = new Breakers(resource.circuitBreakers());
        this.counters = ClusterCounters.of(resource.name(), environment.metrics());
        this.transports = new Transports(resource, environment.tls(), this::hosts, () -> environment.loops().next());
        this.balancer = balancer(List.of(), 140);
        this.forward = resource.type() == ClusterResource.Type.DYNAMIC_FORWARD_PROXY
                ? new ForwardHosts(environment.names(), resource.dns().family(), transports.tls() ? 443 : 80, environment.own())
                : null;
        ClusterResource.OutlierDetection detection = resource.outlierDetection();
        this.outliers = detection == null
                ? null
                : new OutlierDetector(detection, () -> hosts, this::rebalance, counters.ejections(), counters.activeEjections());
        if (outliers != null) {
            watch(outliers, environment.loops().next());
        }
        EndpointsResource inline = resource.endpoints();
        if (inline != null) {
            endpoints(inline);
        }
    }

    private void watch(OutlierDetector detector, EventLoop loop) {
        loop.schedule(
                () -> {
                    if (!closed && !loop.isShuttingDown()) {
                        detector.interval(System.nanoTime());
                        watch(detector, loop);
                    }
                },
                Math.max(1, detector.interval().toMillis()),
                TimeUnit.MILLISECONDS);
    }

    /** New endpoints, from EDS or inline. */
    public synchronized void endpoints(EndpointsResource said) {
        endpoints = said;
        boolean names = resource.type() == ClusterResource.Type.STRICT_DNS || resource.type() == ClusterResource.Type.LOGICAL_DNS;
        if (!names) {
            replace(said, Map.of());
            return;
        }
        if (dns != null) {
            dns.close();
        }
        dns = new DnsEndpoints(resource, said, environment.names(), environment.loops().next(), found -> resolved(said, found));
        dns.start();
    }

    private synchronized void resolved(EndpointsResource said, Map<String, List<InetAddress>> found) {
        if (said == endpoints && !closed) {
            replace(said, found);
        }
    }

    private void replace(EndpointsResource said, Map<String, List<InetAddress>> names) {
        Map<HostKey, Host> before = new HashMap<>();
        for (Host host : hosts) {
            before.put(HostKey.of(host.address(), host.resource()), host);
        }
        List<Balancer.Members> next = new ArrayList<>();
        Map<HostKey, Host> kept = new LinkedHashMap<>();
        for (EndpointsResource.Locality locality : said.localities()) {
            List<Host> locals = new ArrayList<>();
            for (EndpointsResource.Endpoint endpoint : locality.endpoints()) {
                for (InetSocketAddress address : addresses(endpoint, names)) {
                    HostKey key = HostKey.of(address, endpoint);
                    if (!kept.containsKey(key)) {
                        Host host = before.remove(key);
                        if (host == null) {
                            host = new Host(endpoint, address, locality.priority());
                            host.onHealthChange(this::rebalance);
                        } else {
                            host.update(endpoint, locality.priority());
                        }
                        kept.put(key, host);
                        locals.add(host);
                    }
                }
            }
            next.add(new Balancer.Members(locality.priority(), locality.weight(), locals));
        }
        members = List.copyOf(next);
        hosts = List.copyOf(kept.values());
        rebalance();
        OutlierDetector detector = outliers;
        for (Host gone : before.values()) {
            if (detector != null) {
                detector.removed(gone);
            }
            gone.retire();
        }
    }

    private static List<InetSocketAddress> addresses(EndpointsResource.Endpoint endpoint, Map<String, List<InetAddress>> names) {
        List<InetAddress> resolved = names.get(endpoint.address().host());
        if (resolved != null) {
            return resolved.stream().map(ip -> new InetSocketAddress(ip, endpoint.address().port())).toList();
        }
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(endpoint.address().host());
        if (literal == null) {
            return List.of();
        }
        try {
            return List.of(new InetSocketAddress(InetAddress.getByAddress(literal), endpoint.address().port()));
        } catch (UnknownHostException e) {
            throw new ResourceException("address: " + endpoint.address() + " (expected: an IP address)", e);
        }
    }

    private synchronized void rebalance() {
        EndpointsResource said = endpoints;
        balancer = balancer(members, said == null ? 140 : said.overprovisioningFactor());
    }

    private Balancer balancer(List<Balancer.Members> localities, int overprovisioning) {
        return new Balancer(localities, resource.loadBalancing(), resource.panicThreshold(), overprovisioning);
    }

    @Override
    public ClusterResource resource() {
        return resource;
    }

    public String name() {
        return resource.name();
    }

    @Override
    public List<EndpointView> endpoints() {
        return List.copyOf(hosts());
    }

    public List<Host> hosts() {
        ForwardHosts dynamic = forward;
        return dynamic == null ? hosts : dynamic.all();
    }

    /** What its endpoints are told about this proxy. */
    public SelfHeaders self() {
        return environment.exchange().self();
    }

    public Breakers breakers() {
        return breakers;
    }

    public ClusterCounters counters() {
        return counters;
    }

    /** Not null for a dynamic forward proxy, whose hosts are found by the request's Host. */
    public @Nullable ForwardHosts forwardHosts() {
        return forward;
    }

    /** Null: no endpoint (503 UH). */
    public @Nullable Host choose(BalanceInput input) {
        return balancer.choose(input);
    }

    /** The connections of this loop to a host. */
    public HostPool pool(Host host, LoopState loop, boolean http2) {
        return host.pool(loop, http2, state -> new HostPool(
                state,
                host,
                new HostConnector(host, resource, () -> transports.of(host.resource()), environment, http2),
                breakers,
                counters.pool()));
    }

    /** Which protocol a request that came by {@code downstreamHttp2} is sent with. */
    public boolean http2(boolean downstreamHttp2) {
        return switch (resource.http().protocol()) {
            case HTTP1, AUTO -> false;
            case HTTP2 -> true;
            case USE_DOWNSTREAM -> downstreamHttp2;
        };
    }

    /** TLS towards a host; null: plaintext. For byte proxies. */
    public @Nullable TlsBinding transport(Host host) {
        return transports.of(host.resource());
    }

    /** Lets a connection to a host, opened for {@code wanted}, begin with both sides saying who they are, if they agree to. For byte proxies. */
    public ChannelOpener.Result introduced(Host host, ChannelOpener.Result wanted) {
        return Introduction.of(resource, environment.exchange(), host.resource().workload().known(), wanted);
    }

    /** An answer with a status came. */
    public void onStatus(Host host, int status) {
        OutlierDetector detector = outliers;
        if (detector != null) {
            detector.onStatus(host, status);
        }
    }

    /** No answer came. */
    public void onLocalFailure(Host host) {
        OutlierDetector detector = outliers;
        if (detector != null) {
            detector.onLocalFailure(host);
        }
    }

    /** Replaced or removed: exchanges in flight go on, connections close as they become idle. */
    @Override
    public synchronized void close() {
        closed = true;
        if (dns != null) {
            dns.close();
        }
        if (outliers != null) {
            outliers.close();
        }
        hosts().forEach(Host::retire);
        transports.close();
    }

    private record HostKey(InetSocketAddress address, Map<String, String> transport) {
        private static HostKey of(InetSocketAddress address, EndpointsResource.Endpoint endpoint) {
            return new HostKey(address, endpoint.transportMatch());
        }
    }
}
