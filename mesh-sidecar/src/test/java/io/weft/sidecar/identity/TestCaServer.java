package io.weft.sidecar.identity;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.weft.sidecar.identity.proto.IstioCertificateRequest;
import io.weft.sidecar.identity.proto.IstioCertificateResponse;
import io.weft.sidecar.identity.proto.IstioCertificateServiceGrpc;
import io.weft.sidecar.testing.GrpcServers;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/** The CA's port, with an answer that a test chooses. Who asked, and how, is recorded. */
public final class TestCaServer implements AutoCloseable {

    static final String CA_URI = "spiffe://cluster.local/ns/istio-system/sa/mesh-ca";

    private static final Context.Key<String> HOW = Context.key("how");

    public final List<String> asked = new CopyOnWriteArrayList<>();
    public volatile Duration ttl = Duration.ofHours(1);
    public volatile String issuedUri = "spiffe://cluster.local/ns/default/sa/reviews";
    volatile @Nullable Status refuse;
    volatile TestCa issuer;
    private final Server server;

    public TestCaServer(TestCa ca, int port) {
        this(ca, ca.svid(CA_URI), port);
    }

    TestCaServer(TestCa ca, Svid own, int port) {
        this.issuer = ca;
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                    .sslContext(GrpcSslContexts.configure(SslContextBuilder.forServer(own.key(), own.chain()), SslProvider.JDK)
                            .clientAuth(ClientAuth.OPTIONAL)
                            .trustManager(InsecureTrustManagerFactory.INSTANCE)
                            .build())
                    .intercept(new Recorder())
                    .addService(new Service())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        GrpcServers.stop(server);
    }

    private static final class Recorder implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            String token = headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
            String how = token != null ? token : "certificate";
            try {
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION).getPeerCertificates();
            } catch (javax.net.ssl.SSLPeerUnverifiedException e) {
                how = token != null ? token : "nothing";
            }
            return Contexts.interceptCall(Context.current().withValue(HOW, how), call, headers, next);
        }
    }

    private final class Service extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {
        @Override
        public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
            asked.add(HOW.get());
            Status no = refuse;
            if (no != null) {
                response.onError(no.asRuntimeException());
                return;
            }
            TestCa ca = issuer;
            X509Certificate leaf = ca.leaf(publicKey(request.getCsr()), Instant.now(), ttl, TestCa.uri(issuedUri));
            IstioCertificateResponse.Builder answer = IstioCertificateResponse.newBuilder();
            ca.chain(leaf).forEach(c -> answer.addCertChain(Pem.encode(List.of(c))));
            response.onNext(answer.addCertChain(Pem.encode(List.of(ca.root()))).build());
            response.onCompleted();
        }
    }

    private static PublicKey publicKey(String csr) {
        try (PEMParser parser = new PEMParser(new StringReader(csr))) {
            return new JcaPEMKeyConverter().getPublicKey(((PKCS10CertificationRequest) parser.readObject()).getSubjectPublicKeyInfo());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
