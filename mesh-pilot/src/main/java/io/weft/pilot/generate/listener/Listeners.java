package io.weft.pilot.generate.listener;

import static io.weft.pilot.generate.proto.Proto.any;

import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.Pipe;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.weft.pilot.generate.proto.Proto;

/** Parts of listeners. */
final class Listeners {

    private static final String UNIX = "unix://";

    private Listeners() {}

    static ListenerFilter tlsInspector() {
        return ListenerFilter.newBuilder()
                .setName("envoy.filters.listener.tls_inspector")
                .setTypedConfig(any(TlsInspector.getDefaultInstance()))
                .build();
    }

    /** An IP and port, or {@code unix://path}. */
    static Address address(String bind, int port) {
        if (bind.startsWith(UNIX)) {
            return Address.newBuilder().setPipe(Pipe.newBuilder().setPath(bind.substring(UNIX.length()))).build();
        }
        return Proto.address(bind, port);
    }

    static String name(String bind, int port) {
        return bind.startsWith(UNIX) ? bind : bind + "_" + port;
    }
}
