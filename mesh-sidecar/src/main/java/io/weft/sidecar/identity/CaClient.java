package io.weft.sidecar.identity;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weft.sidecar.identity.proto.IstioCertificateRequest;
import io.weft.sidecar.identity.proto.IstioCertificateResponse;
import io.weft.sidecar.identity.proto.IstioCertificateServiceGrpc;
import io.weft.sidecar.identity.proto.IstioCertificateServiceGrpc.IstioCertificateServiceBlockingStub;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One question to the CA. A connection is made for it and closed after it: the next question is hours away. It runs on the JDK's TLS,
 * because gRPC asks Netty for a host name check that only a trust manager of ours can replace there.
 */
final class CaClient {

    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MAX_ANSWER_BYTES = 256 * 1024;
    private static final int MAX_CHAIN = 6;

    private final WorkloadIdentityConfig config;

    CaClient(WorkloadIdentityConfig config) {
        this.config = config;
    }

    /** Asks with the certificate held. */
    Svid renew(Svid held, List<X509Certificate> roots) throws IdentityException {
        return ask(roots, held, null);
    }

    /** Asks with a token. */
    Svid request(String token, List<X509Certificate> roots) throws IdentityException {
        return ask(roots, null, token);
    }

    private Svid ask(List<X509Certificate> roots, @Nullable Svid held, @Nullable String token) throws IdentityException {
        KeyRequest request = KeyRequest.create(config.id());
        ManagedChannel channel = channel(tls(roots, held));
        try {
            IstioCertificateServiceBlockingStub stub = IstioCertificateServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            if (token != null) {
                Metadata headers = new Metadata();
                headers.put(AUTHORIZATION, "Bearer " + token);
                stub = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
            }
            IstioCertificateResponse response = stub.createCertificate(IstioCertificateRequest.newBuilder()
                    .setCsr(request.csr())
                    .setValidityDuration(config.ttl().toSeconds())
                    .build());
            return accept(response, request, roots);
        } catch (StatusRuntimeException e) {
            throw new IdentityException("CA at " + config.caHost() + ":" + config.caPort() + ": " + e.getStatus().getCode() + reason(e));
        } finally {
            channel.shutdownNow();
        }
    }

    private ManagedChannel channel(SslContext tls) {
        return NettyChannelBuilder.forAddress(config.caHost(), config.caPort())
                .sslContext(tls)
                // The CA is a part of the mesh: an HTTP proxy of the environment is not for it.
                .proxyDetector(address -> null)
                .disableRetry()
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                .build();
    }

    private SslContext tls(List<X509Certificate> roots, @Nullable Svid held) throws IdentityException {
        AllowedPeers onlyTheCa = AllowedPeers.only(Set.of(config.caId().uri()));
        SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .protocols("TLSv1.2", "TLSv1.3")
                .endpointIdentificationAlgorithm(null)
                .trustManager(new SvidTrustManager(new SvidVerifier(roots), onlyTheCa));
        if (held != null) {
            builder.keyManager(held.key(), held.chain());
        }
        try {
            return builder.build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new IdentityException("TLS to the CA: " + e.getMessage());
        }
    }

    private Svid accept(IstioCertificateResponse response, KeyRequest request, List<X509Certificate> roots) throws IdentityException {
        if (response.getCertChainCount() == 0 || response.getCertChainCount() > MAX_CHAIN) {
            throw new IdentityException("the CA answered with " + response.getCertChainCount() + " certificates (expected: 1 to " + MAX_CHAIN + ")");
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (String pem : response.getCertChainList()) {
                chain.addAll(Pem.certificates("the CA's answer", pem));
            }
            chain.removeIf(roots::contains);
            Svid svid = new Svid(config.id(), request.keys().getPrivate(), chain, roots);
            SvidCheck.check(svid, config.id());
            if (!svid.leaf().getPublicKey().equals(request.keys().getPublic())) {
                throw new CertificateException("its certificate is for another key");
            }
            return svid;
        } catch (CertificateException | IllegalArgumentException e) {
            throw new IdentityException("the CA's answer is not usable: " + e.getMessage());
        }
    }

    private static String reason(StatusRuntimeException e) {
        StringBuilder reason = new StringBuilder();
        if (e.getStatus().getDescription() != null) {
            reason.append(": ").append(e.getStatus().getDescription());
        }
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && reason.indexOf(cause.getMessage()) < 0) {
                reason.append(" (").append(cause.getMessage()).append(')');
            }
        }
        String line = reason.toString().replace('\n', ' ').replace('\r', ' ');
        return line.length() > 600 ? line.substring(0, 600) : line;
    }
}
