package io.weft.pilot.xds;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.weft.pilot.generate.WorkloadIdentity;
import java.net.SocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who opened a stream: whoever the client certificate says, else whoever the token says; two that differ are refused. On the TLS port
 * nobody is refused too; on the plaintext port everybody is nobody, whatever token they bring.
 */
final class StreamIdentity implements ServerInterceptor {

    private static final Context.Key<WorkloadIdentity> IDENTITY = Context.key("weft.identity");
    private static final Context.Key<String> ADDRESS = Context.key("weft.address");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";

    private final boolean required;
    private final String trustDomain;
    private final TokenReader tokens;

    private StreamIdentity(boolean required, String trustDomain, TokenReader tokens) {
        this.required = required;
        this.trustDomain = trustDomain;
        this.tokens = tokens;
    }

    static StreamIdentity required(String trustDomain, TokenReader tokens) {
        return new StreamIdentity(true, trustDomain, tokens);
    }

    static StreamIdentity none() {
        return new StreamIdentity(false, "", token -> {
            throw new AdsRefused(Status.Code.UNAUTHENTICATED, "tokens are not read on the plaintext port");
        });
    }

    /** Of the call whose context is current; null on the plaintext port. */
    static @Nullable WorkloadIdentity current() {
        return IDENTITY.get();
    }

    static String currentAddress() {
        String address = ADDRESS.get();
        return address == null ? "" : address;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        Context context = Context.current().withValue(ADDRESS, remote == null ? "" : shown(remote.toString()));
        if (required) {
            try {
                context = context.withValue(IDENTITY, identify(call, headers));
            } catch (AdsRefused refused) {
                call.close(refused.status(), new Metadata());
                return new ServerCall.Listener<>() {};
            }
        }
        return Contexts.interceptCall(context, call, headers, next);
    }

    /** Java writes an address that it has no name for behind a slash. */
    private static String shown(String address) {
        return address.startsWith("/") ? address.substring(1) : address;
    }

    private WorkloadIdentity identify(ServerCall<?, ?> call, Metadata headers) {
        Optional<WorkloadIdentity> shown = certificate(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        Optional<WorkloadIdentity> told = token(headers);
        if (shown.isPresent() && told.isPresent() && !shown.equals(told)) {
            throw new AdsRefused(
                    Status.Code.PERMISSION_DENIED,
                    "the certificate says " + shown.get() + ", the token " + told.get() + " (expected: the same)");
        }
        return shown.or(() -> told)
                .orElseThrow(() -> new AdsRefused(
                        Status.Code.UNAUTHENTICATED, "neither a client certificate nor a token (expected: one of them)"));
    }

    private Optional<WorkloadIdentity> token(Metadata headers) {
        String header = headers.get(AUTHORIZATION);
        if (header == null) {
            return Optional.empty();
        }
        if (!header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw new AdsRefused(Status.Code.UNAUTHENTICATED, "authorization: another scheme (expected: Bearer)");
        }
        return Optional.of(inTrustDomain(tokens.read(header.substring(BEARER.length()).trim())));
    }

    private Optional<WorkloadIdentity> certificate(@Nullable SSLSession session) {
        if (session == null) {
            return Optional.empty();
        }
        Certificate[] chain;
        try {
            chain = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException noneShown) {
            return Optional.empty();
        }
        if (chain.length == 0) {
            return Optional.empty();
        }
        String uri = SpiffeSan.of((X509Certificate) chain[0])
                .orElseThrow(() -> new AdsRefused(
                        Status.Code.UNAUTHENTICATED, "the client certificate has no SPIFFE id (expected: exactly one URI SAN)"));
        WorkloadIdentity identity = WorkloadIdentity.parse(uri)
                .orElseThrow(() -> new AdsRefused(
                        Status.Code.UNAUTHENTICATED,
                        "the client certificate's URI SAN has another form (expected: spiffe://<trust domain>/ns/<ns>/sa/<sa>)"));
        return Optional.of(inTrustDomain(identity));
    }

    private WorkloadIdentity inTrustDomain(WorkloadIdentity identity) {
        if (!identity.trustDomain().equals(trustDomain)) {
            throw new AdsRefused(
                    Status.Code.UNAUTHENTICATED, "trust domain " + identity.trustDomain() + " (expected: " + trustDomain + ")");
        }
        return identity;
    }
}
