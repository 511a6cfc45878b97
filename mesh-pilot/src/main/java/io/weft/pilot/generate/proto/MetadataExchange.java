package io.weft.pilot.generate.proto;

import com.github.udpa.udpa.type.v1.TypedStruct;
import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.listener.v3.Filter;

/**
 * By which proxies tell each other who they are before the bytes of a connection, as requests do in headers. An Envoy of the plain distribution does not have
 * the filter and would refuse what names it.
 */
public final class MetadataExchange {

    /** Says that a proxy has it ({@code WEFT_EXTENSIONS}). */
    public static final String EXTENSION = "tcp-metadata-exchange";

    /** What both sides agree on by ALPN. */
    public static final String PROTOCOL = "istio-peer-exchange";

    private static final String NAME = "istio.metadata_exchange";

    /** The proxies' own type, in the form for senders that do not have it. */
    private static final Any CONFIG = Proto.any(TypedStruct.newBuilder()
            .setTypeUrl("type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange")
            .setValue(Struct.newBuilder().putFields("protocol", Value.newBuilder().setStringValue(PROTOCOL).build()))
            .build());

    private MetadataExchange() {}

    /** Before others in a filter chain. */
    public static Filter downstream() {
        return Filter.newBuilder().setName(NAME).setTypedConfig(CONFIG).build();
    }

    /** In a cluster. */
    public static io.envoyproxy.envoy.config.cluster.v3.Filter upstream() {
        return io.envoyproxy.envoy.config.cluster.v3.Filter.newBuilder().setName(NAME).setTypedConfig(CONFIG).build();
    }
}
