package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Listeners at the edge. @param selector labels of the gateway workloads, in every namespace; empty is all */
public record Gateway(ObjectMeta meta, List<Server> servers, Map<String, String> selector) implements ConfigObject {

    public Gateway {
        servers = List.copyOf(servers);
        selector = Copies.ordered(selector);
    }

    @Override
    public Gateway withMeta(ObjectMeta newMeta) {
        return new Gateway(newMeta, servers, selector);
    }

    /** @param hosts {@code host} or {@code namespace/host}, wildcards allowed */
    public record Server(
            Port port,
            @Nullable String bind,
            List<String> hosts,
            @Nullable ServerTls tls,
            @Nullable String name) {

        public Server {
            hosts = List.copyOf(hosts);
        }
    }

    public record Port(int number, String name, Protocol protocol) {}
}
