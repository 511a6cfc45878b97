package io.weft.sidecar.resource;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.TypeRegistry;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.trace.v3.OpenTelemetryConfig;
import io.envoyproxy.envoy.config.trace.v3.ZipkinConfig;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import io.envoyproxy.envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.util.List;

/** The message types that may stand in an {@code Any} (docs/contracts.md): what is not here cannot even be read from a file. */
public final class KnownTypes {
    private static final List<Descriptor> TYPES = List.of(
            Cluster.getDescriptor(),
            ClusterLoadAssignment.getDescriptor(),
            Listener.getDescriptor(),
            RouteConfiguration.getDescriptor(),
            Secret.getDescriptor(),
            HttpConnectionManager.getDescriptor(),
            TcpProxy.getDescriptor(),
            io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.getDescriptor(),
            com.github.udpa.udpa.type.v1.TypedStruct.getDescriptor(),
            com.github.xds.type.v3.TypedStruct.getDescriptor(),
            io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.getDescriptor(),
            RBACPerRoute.getDescriptor(),
            HTTPFault.getDescriptor(),
            Cors.getDescriptor(),
            CorsPolicy.getDescriptor(),
            Router.getDescriptor(),
            FilterConfig.getDescriptor(),
            io.envoyproxy.envoy.extensions.filters.http.grpc_stats.v3.FilterConfig.getDescriptor(),
            TlsInspector.getDescriptor(),
            HttpInspector.getDescriptor(),
            ProxyProtocol.getDescriptor(),
            UpstreamTlsContext.getDescriptor(),
            DownstreamTlsContext.getDescriptor(),
            RawBuffer.getDescriptor(),
            HttpProtocolOptions.getDescriptor(),
            ClusterConfig.getDescriptor(),
            FileAccessLog.getDescriptor(),
            StdoutAccessLog.getDescriptor(),
            StderrAccessLog.getDescriptor(),
            HttpGrpcAccessLogConfig.getDescriptor(),
            TcpGrpcAccessLogConfig.getDescriptor(),
            OpenTelemetryConfig.getDescriptor(),
            ZipkinConfig.getDescriptor(),
            UriTemplateMatchConfig.getDescriptor(),
            UuidRequestIdConfig.getDescriptor(),
            PreviousHostsPredicate.getDescriptor());

    private KnownTypes() {}

    /** For reading and writing JSON. */
    public static TypeRegistry registry() {
        return TypeRegistry.newBuilder().add(TYPES).build();
    }

    /** The same with more types. */
    public static TypeRegistry registry(List<Descriptor> more) {
        return TypeRegistry.newBuilder().add(TYPES).add(more).build();
    }
}
