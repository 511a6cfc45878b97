package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import java.util.Map;

/**
 * {@code envoy.tcp.metadataexchange.config.MetadataExchange}, as Istio's control plane sends it: in a {@code TypedStruct}, because only proxies have the type.
 * The same filter for listeners and clusters.
 */
final class MetadataExchangeParser {
    private static final String TYPE = "type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange";

    private MetadataExchangeParser() {}

    /** Whether it is one, right or wrong. */
    static boolean is(Any any) {
        return any.is(com.github.udpa.udpa.type.v1.TypedStruct.class) || any.is(com.github.xds.type.v3.TypedStruct.class);
    }

    /** @throws ResourceException for another type, or what this filter does not know */
    static void check(Where where, Any any) {
        if (any.is(com.github.udpa.udpa.type.v1.TypedStruct.class)) {
            com.github.udpa.udpa.type.v1.TypedStruct typed =
                    Values.unpack(where, any, com.github.udpa.udpa.type.v1.TypedStruct.class);
            check(where, typed.getTypeUrl(), typed.getValue());
        } else {
            com.github.xds.type.v3.TypedStruct typed = Values.unpack(where, any, com.github.xds.type.v3.TypedStruct.class);
            check(where, typed.getTypeUrl(), typed.getValue());
        }
    }

    private static void check(Where where, String type, Struct config) {
        if (!type.equals(TYPE)) {
            throw where.refuse("type_url", type, TYPE);
        }
        String protocol = config.getFieldsOrDefault("protocol", Value.getDefaultInstance()).getStringValue();
        if (!protocol.equals(MetadataExchangeResource.PROTOCOL)) {
            throw where.refuse("protocol", '"' + protocol + '"', MetadataExchangeResource.PROTOCOL);
        }
        for (Map.Entry<String, Value> field : config.getFieldsMap().entrySet()) {
            // who does not say who it is may be looked up by its address: nobody tells us all addresses of the mesh, so there is nothing to look in
            boolean known = field.getKey().equals("protocol") || field.getKey().equals("enable_discovery");
            if (!known) {
                throw where.refuse("unsupported field " + field.getKey());
            }
        }
    }
}
