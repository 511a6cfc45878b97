package io.weft.sidecar.bootstrap;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weft.sidecar.identity.AllowedPeers;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Pem;
import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.SvidTrustManager;
import io.weft.sidecar.identity.SvidVerifier;
import io.weft.sidecar.resource.BootstrapResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.SecretResource;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.xds.AdsSettings;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * Makes the channel of one ADS stream: mutual TLS with the newest certificate and a check of the server's SPIFFE id, or what a bootstrap file says. TLS is the
 * JDK's: gRPC asks Netty for a host name check that only a trust manager of ours can replace there, and one connection needs no speed.
 */
public final class ControlPlaneChannels {
    /** Shorter than the idle time-outs of what stands between; mesh-pilot permits it. */
    private static final long KEEPALIVE_SECONDS = 30;

    private final LoopResources loops;
    private final Executor executor;
    private final String userAgent;

    /**
     * @param loops event loops of the connections
     * @param executor one thread, where the calls' events happen: that of {@link io.weft.sidecar.xds.AdsClient}
     * @param userAgent what the control plane's log calls us
     */
    public ControlPlaneChannels(LoopResources loops, Executor executor, String userAgent) {
        this.loops = loops;
        this.executor = executor;
        this.userAgent = userAgent;
    }

    /**
     * To mesh-pilot, as the workload; each channel shows the certificate that is the newest when it is made, and accepts nobody but
     * {@code spiffe://<trustDomain>/ns/istio-system/sa/mesh-pilot}. Throws {@link StartException} as long as there is no certificate to show.
     */
    public Supplier<ManagedChannel> mutual(String host, int port, String trustDomain, IdentitySource identity) {
        AllowedPeers onlyPilot = AllowedPeers.only(Set.of(new SpiffeId(trustDomain, "istio-system", "mesh-pilot").uri()));
        return () -> {
            Svid svid = identity.current();
            if (svid == null) {
                throw new StartException("waiting for a certificate");
            }
            SslContextBuilder tls = client()
                    .trustManager(new SvidTrustManager(new SvidVerifier(svid.roots()), onlyPilot))
                    .keyManager(svid.key(), svid.chain());
            return builder(host, port).sslContext(build(tls)).build();
        };
    }

    /**
     * To the control plane of a bootstrap file; its endpoints take turns.
     *
     * @throws StartException if the file names no endpoint, or nothing that the control plane could be known by
     */
    public Supplier<ManagedChannel> of(BootstrapResource.Ads ads, List<SecretResource> secrets) {
        EndpointsResource inline = Objects.requireNonNull(ads.cluster().endpoints(), "a static cluster has endpoints");
        List<EndpointsResource.Endpoint> endpoints =
                inline.localities().stream().flatMap(l -> l.endpoints().stream()).toList();
        if (endpoints.isEmpty()) {
            throw new StartException("cluster " + ads.cluster().name() + ": no endpoints (expected: the control plane's)");
        }
        UpstreamTlsResource tls = ads.cluster().tls();
        AtomicInteger turn = new AtomicInteger();
        SslContextBuilder context = tls == null ? null : fileTls(ads.cluster().name(), tls, secrets);
        return () -> {
            EndpointsResource.Endpoint endpoint = endpoints.get(Math.floorMod(turn.getAndIncrement(), endpoints.size()));
            NettyChannelBuilder channel = builder(endpoint.address().host(), endpoint.address().port());
            if (context == null) {
                channel.usePlaintext();
            } else {
                channel.sslContext(build(context));
            }
            if (!ads.authority().isEmpty()) {
                channel.overrideAuthority(ads.authority());
            } else if (tls != null && !tls.sni().isEmpty()) {
                channel.overrideAuthority(tls.sni());
            }
            return channel.build();
        };
    }

    private NettyChannelBuilder builder(String host, int port) {
        EventLoopGroup group = loops.onClient(true);
        return NettyChannelBuilder.forAddress(host, port)
                .eventLoopGroup(group)
                .channelType(loops.onChannelClass(SocketChannel.class, group))
                .executor(executor)
                .maxInboundMessageSize(AdsSettings.MAX_MESSAGE_BYTES)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .disableRetry()
                .idleTimeout(1, TimeUnit.DAYS)
                // The control plane is a part of the mesh: an HTTP proxy of the environment is not for it.
                .proxyDetector(address -> null)
                .userAgent(userAgent);
    }

    private static SslContextBuilder client() {
        return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .protocols("TLSv1.2", "TLSv1.3")
                .endpointIdentificationAlgorithm(null);
    }

    private static SslContext build(SslContextBuilder builder) {
        try {
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new StartException("TLS to the control plane: " + e.getMessage(), e);
        }
    }

    private static SslContextBuilder fileTls(String cluster, UpstreamTlsResource tls, List<SecretResource> secrets) {
        TlsCommon common = tls.common();
        SslContextBuilder builder = client();
        if (common.certificate() != null) {
            SecretResource.Certificate pair = secret(cluster, common, common.certificate(), secrets).certificate();
            if (pair == null) {
                throw new StartException("cluster " + cluster + ": secret " + common.certificate().name() + " is no certificate");
            }
            builder.keyManager(
                    new ByteArrayInputStream(pair.chainPem().getBytes(StandardCharsets.UTF_8)),
                    new ByteArrayInputStream(pair.keyPem().getBytes(StandardCharsets.UTF_8)));
        }
        TlsCommon.Validation validation = common.validation();
        if (validation == null || validation.trust() == null || validation.acceptUntrusted()) {
            throw new StartException("cluster " + cluster
                    + ": no trusted_ca (expected: one, a control plane that nobody checks may be anybody)");
        }
        SecretResource.Trust trust = secret(cluster, common, validation.trust(), secrets).trust();
        if (trust == null) {
            throw new StartException("cluster " + cluster + ": secret " + validation.trust().name() + " is no validation_context");
        }
        List<X509Certificate> roots = Pem.certificates("cluster " + cluster + ": trusted_ca", trust.caPem());
        if (validation.subjectAltNames().isEmpty()) {
            return builder.trustManager(roots);
        }
        return builder.trustManager(new SvidTrustManager(new SvidVerifier(roots), AllowedPeers.only(uris(cluster, validation))));
    }

    private static Set<String> uris(String cluster, TlsCommon.Validation validation) {
        Set<String> uris = new HashSet<>();
        for (TlsCommon.SanMatch san : validation.subjectAltNames()) {
            if (san.type() != TlsCommon.SanMatch.Type.URI || san.match().kind() != StringMatch.Kind.EXACT) {
                throw new StartException("cluster " + cluster + ": match_typed_subject_alt_names: " + san
                        + " (expected: exact URIs for the control plane)");
            }
            uris.add(san.match().value());
        }
        return uris;
    }

    private static SecretResource secret(
            String cluster, TlsCommon common, TlsCommon.SecretRef ref, List<SecretResource> secrets) {
        @Nullable SecretResource found = (ref.inlined() ? common.inline() : secrets)
                .stream().filter(s -> s.name().equals(ref.name())).findFirst().orElse(null);
        if (found == null) {
            throw new StartException("cluster " + cluster + ": secret " + ref.name() + " (expected: one of static_resources.secrets)");
        }
        return found;
    }
}
