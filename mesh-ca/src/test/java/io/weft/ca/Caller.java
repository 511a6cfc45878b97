package io.weft.ca;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weft.ca.grpc.proto.IstioCertificateRequest;
import io.weft.ca.grpc.proto.IstioCertificateServiceGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A client of the certificate service on a real TLS connection; checks the server by its root and the name localhost. */
public final class Caller implements AutoCloseable {

    private final ManagedChannel channel;

    public Caller(RunningCa ca, Path home) {
        this(ca, home, null, List.of());
    }

    public Caller(RunningCa ca, Path home, @Nullable PrivateKey key, List<X509Certificate> chain) {
        this(ca, read(home.resolve("ca/root-cert.pem")), key, chain);
    }

    public Caller(RunningCa ca, X509Certificate root, @Nullable PrivateKey key, List<X509Certificate> chain) {
        try {
            SslContextBuilder tls = GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK).trustManager(root);
            if (key != null) {
                tls.keyManager(key, chain);
            }
            channel = NettyChannelBuilder.forAddress("localhost", ca.grpcPort()).proxyDetector(a -> null).sslContext(tls.build()).build();
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    public List<X509Certificate> ask(@Nullable String token, String csr) {
        return ask(token, csr, 0);
    }

    public List<X509Certificate> ask(@Nullable String token, String csr, long seconds) {
        Metadata headers = new Metadata();
        if (token != null) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        }
        return IstioCertificateServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .createCertificate(IstioCertificateRequest.newBuilder().setCsr(csr).setValidityDuration(seconds).build())
                .getCertChainList()
                .stream()
                .map(Caller::parse)
                .toList();
    }

    private static X509Certificate read(Path pem) {
        try {
            return parse(Files.readString(pem));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static X509Certificate parse(String pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
