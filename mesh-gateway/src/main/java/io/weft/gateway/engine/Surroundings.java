package io.weft.gateway.engine;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.weft.gateway.role.NodeExtras;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * What the mesh is told of the Spring application, and the application of its place in the mesh.
 *
 * @param environment of the application
 * @param metricsPath where its Prometheus text is, at Actuator's port
 * @param extras what others of its beans add
 */
record Surroundings(ConfigurableEnvironment environment, String metricsPath, List<NodeExtras> extras) {

    /** Like Boot's own {@code local.server.port}: {@code local.weft.<name of the port>}. */
    private static final String PREFIX = "local.weft.";

    /** The node with all that there is to say; after Actuator's port has been bound. */
    Node introduce(Node node) {
        Struct.Builder metadata = node.getMetadata().toBuilder();
        String port = managementPort();
        if (port != null) {
            metadata.putFields("WEFT_METRICS", Values.of(ip(node) + ':' + port + metricsPath));
        }
        extras.forEach(extra -> extra.metadata().forEach((name, value) -> add(metadata, name, value)));
        return node.toBuilder().setMetadata(metadata).build();
    }

    /** A list is one more part of what is said already. */
    private static void add(Struct.Builder metadata, String name, Value value) {
        Value said = metadata.getFieldsOrDefault(name, Value.getDefaultInstance());
        metadata.putFields(
                name,
                said.hasListValue() && value.hasListValue()
                        ? Values.of(said.getListValue().toBuilder().addAllValues(value.getListValue().getValuesList()).build())
                        : value);
    }

    private @Nullable String managementPort() {
        String own = environment.getProperty("local.management.port");
        return own != null ? own : environment.getProperty("local.server.port");
    }

    /** The control plane believes only an address that is the node's. */
    private static String ip(Node node) {
        String ip = node.getId().split("~", -1)[1];
        return ip.indexOf(':') >= 0 ? '[' + ip + ']' : ip;
    }

    /** Lets the application, a test or a launcher read the bound ports as properties. */
    void publish(Map<String, Integer> ports) {
        Map<String, Object> properties = new LinkedHashMap<>();
        ports.forEach((name, port) -> properties.put(PREFIX + name, port));
        environment.getPropertySources().addFirst(new MapPropertySource("weft.ports", properties));
    }
}
