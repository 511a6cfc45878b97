package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.weft.pilot.generate.InboundPort;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.ServedPorts;
import io.weft.pilot.generate.WorkloadPorts;
import io.weft.pilot.generate.cluster.InboundClusters;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.ConnectionPool;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.Sidecar;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.TrafficRules;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inbound ports of a workload: those its proxy has announced, or, when a Sidecar object lists {@code ingress}, those and no others.
 */
public final class Inbounds {

    private static final String LOOPBACK = "127.0.0.1";

    private final Proxy proxy;
    private final @Nullable Sidecar sidecar;
    private final TrafficRules traffic;
    private final WorkloadPorts ports;
    private final WorkloadGroup.@Nullable Probe probe;
    private final int probedCluster;

    public Inbounds(
            MeshState state, ServedPorts served, Proxy proxy, @Nullable Sidecar sidecar, TrafficRules traffic) {
        this.proxy = proxy;
        this.sidecar = sidecar;
        this.traffic = traffic;
        this.ports = new WorkloadPorts(state, served, proxy);
        this.probe = ports.group().map(WorkloadGroup::probe).orElse(null);
        this.probedCluster = probedCluster();
    }

    /**
     * One inbound port.
     *
     * @param port      workload port
     * @param bound     port the proxy has bound for it
     * @param announced whether the proxy announced it; else the Sidecar object has it bound
     * @param probePort where a probe goes when not to the app's port; 0: there
     * @param service   the service that leads here, if there is one
     */
    public record Inbound(
            int port,
            String bind,
            int bound,
            boolean announced,
            Address app,
            Protocol protocol,
            @Nullable ConnectionPool pool,
            WorkloadGroup.@Nullable Probe probe,
            int probePort,
            @Nullable MeshService service) {

        /**
         * What nobody has said a protocol for is taken for HTTP: what comes by the proxy port is, and nothing here could tell before the app speaks. Ports
         * of protocols in which the server speaks first are known by number ({@link io.weft.pilot.registry.entry.PortProtocol}).
         */
        public boolean http() {
            return protocol.isHttp() || protocol == Protocol.UNKNOWN;
        }

        public boolean http2() {
            return protocol.isHttp2();
        }

        public String listenerName() {
            return announced ? "inbound_" + bind + "_" + bound : Listeners.name(bind, port);
        }
    }

    public List<Inbound> all() {
        List<Inbound> all = new ArrayList<>();
        if (sidecar != null && !sidecar.ingress().isEmpty()) {
            sidecar.ingress().forEach(ingress -> all.add(ingress(ingress)));
            return all;
        }
        proxy.inboundPorts().forEach((port, at) -> all.add(announced(port, at)));
        return all;
    }

    private Inbound announced(int port, InboundPort at) {
        Address app = Proto.address(LOOPBACK, at.app());
        Protocol protocol = ports.protocol(port, at.inbound());
        return new Inbound(
                port, LOOPBACK, at.inbound(), true, app, protocol, pool(port, at.inbound(), null), probeOf(port), probePort(port, at.app()), service(port, at.inbound()));
    }

    private Inbound ingress(Sidecar.Ingress ingress) {
        int port = ingress.port().number();
        InboundPort at = proxy.inboundPorts().get(port);
        int app = at == null ? port : at.app();
        Address address = endpoint(ingress.defaultEndpoint(), app);
        String bind = ingress.bind() == null || ingress.bind().isEmpty() ? proxy.bindAddress() : ingress.bind();
        return new Inbound(
                port,
                at == null ? bind : LOOPBACK,
                at == null ? port : at.inbound(),
                at != null,
                address,
                ingress.port().protocol(),
                pool(port, at == null ? 0 : at.inbound(), ingress.connectionPool()),
                probeOf(port),
                probePort(port, address.hasSocketAddress() ? address.getSocketAddress().getPortValue() : app),
                service(port, at == null ? 0 : at.inbound()));
    }

    private @Nullable MeshService service(int port, int inbound) {
        return ports.service(port, inbound).map(ServedPorts.Served::service).orElse(null);
    }

    /**
     * {@code 127.0.0.1:PORT}, {@code 0.0.0.0:PORT} or {@code unix://PATH}; unset: the app's port. The second is the instance's own address where traffic is captured; here
     * it is loopback too, as what is generated is shared by instances: an app has to listen there.
     */
    private static Address endpoint(@Nullable String endpoint, int app) {
        if (endpoint == null || endpoint.isEmpty()) {
            return Proto.address(LOOPBACK, app);
        }
        int colon = endpoint.lastIndexOf(':');
        if (endpoint.startsWith("unix:") || colon < 0) {
            return Listeners.address(endpoint.startsWith("unix://") ? endpoint : "unix://" + endpoint.substring("unix:".length()), 0);
        }
        return Proto.address(LOOPBACK, Integer.parseInt(endpoint.substring(colon + 1)));
    }

    /** The nearest that says anything: the ingress port, the Sidecar, the DestinationRule of the service's port. */
    private @Nullable ConnectionPool pool(int port, int inbound, @Nullable ConnectionPool own) {
        if (own != null) {
            return own;
        }
        if (sidecar != null && sidecar.inboundConnectionPool() != null) {
            return sidecar.inboundConnectionPool();
        }
        return ports.service(port, inbound)
                .map(found -> traffic.of(found.service())
                        .effective("", found.port().number())
                        .connectionPool())
                .orElse(null);
    }

    /** The group has one probe: the cluster of its port carries it, else that of the first port. */
    private int probedCluster() {
        if (probe == null || proxy.inboundPorts().isEmpty()) {
            return 0;
        }
        int asked = InboundClusters.port(probe);
        Map<Integer, InboundPort> announced = proxy.inboundPorts();
        return announced.containsKey(asked) ? asked : proxy.inboundPorts().firstKey();
    }

    private WorkloadGroup.@Nullable Probe probeOf(int port) {
        return probe != null && port == probedCluster ? probe : null;
    }

    private int probePort(int port, int app) {
        if (probe == null || port != probedCluster) {
            return 0;
        }
        int asked = InboundClusters.port(probe);
        return asked == port || asked == 0 || asked == app ? 0 : asked;
    }
}
