package io.weft.pilot.generate;

import io.weft.pilot.registry.spring.SpringCatalog;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Proxies for tests. */
public final class Proxies {

    private Proxies() {}

    public static Proxy sidecar(String app, String version, int workloadPort, int inbound, int appPort) {
        return new Proxy(
                Proxy.Role.SIDECAR,
                "default",
                new WorkloadIdentity("cluster.local", "default", "bookinfo-" + app),
                Map.of("app", app, "version", version),
                app + "-" + version,
                "127.0.0.1",
                new TreeMap<>(Map.of(workloadPort, new InboundPort(inbound, appPort))),
                15001,
                new TreeMap<>(),
                app + "-" + version,
                Set.of(),
                "",
                null);
    }

    public static Proxy client(String namespace, Map<String, String> labels) {
        return client(namespace, labels, "");
    }

    /** A client that says where it is. */
    public static Proxy at(String locality, Map<String, String> labels) {
        return client("default", labels, locality);
    }

    private static Proxy client(String namespace, Map<String, String> labels, String locality) {
        return new Proxy(
                Proxy.Role.SIDECAR,
                namespace,
                null,
                labels,
                "client",
                "127.0.0.1",
                new TreeMap<>(),
                15001,
                new TreeMap<>(),
                null,
                Set.of(),
                locality,
                null);
    }

    /** The same proxy, able to say who it is on connections of bytes. */
    public static Proxy exchanging(Proxy proxy) {
        return knowing(proxy, "tcp-metadata-exchange", proxy.spring());
    }

    /** The same proxy with this extension. */
    public static Proxy knowing(Proxy proxy, String extension, @Nullable SpringCatalog spring) {
        return new Proxy(
                proxy.role(),
                proxy.namespace(),
                proxy.identity(),
                proxy.labels(),
                proxy.workload(),
                proxy.bindAddress(),
                proxy.inboundPorts(),
                proxy.proxyPort(),
                proxy.gatewayPorts(),
                proxy.group(),
                Set.of(extension),
                proxy.locality(),
                spring);
    }

    public static Proxy ingress() {
        return gateway("istio-ingressgateway", "ingressgateway");
    }

    public static Proxy egress() {
        return gateway("istio-egressgateway", "egressgateway");
    }

    private static Proxy gateway(String name, String label) {
        return new Proxy(
                Proxy.Role.ROUTER,
                "istio-system",
                new WorkloadIdentity("cluster.local", "istio-system", name + "-service-account"),
                Map.of("istio", label, "app", name),
                name,
                "127.0.0.1",
                new TreeMap<>(),
                0,
                new TreeMap<>(Map.of(80, 8080, 443, 8443)),
                null,
                Set.of(),
                "",
                null);
    }
}
