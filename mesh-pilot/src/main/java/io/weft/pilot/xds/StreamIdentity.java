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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who opened a stream: whoever the client certificate says, else whoever the token says; two that differ are refused. On the TLS port
 * nobody is refused too; on the plaintext port everybody is nobody, whatever token they bring.
 */
final class StreamIdentity implements ServerInterceptor {

    private static final Context.Key<Caller> CALLER = Context.key("weft.caller");
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String BEARER = "Bearer ";

    private final boolean required;
    private final String trustDomain;
    private final TokenReader tokens;
    private final Newcomers newcomers;
    private final Clock clock;

    private StreamIdentity(boolean required, String trustDomain, TokenReader tokens, Newcomers newcomers, Clock clock) {
        this.required = required;
        this.trustDomain = trustDomain;
        this.tokens = tokens;
        this.newcomers = newcomers;
        this.clock = clock;
    }

    static StreamIdentity required(String trustDomain, TokenReader tokens, Newcomers newcomers, Clock clock) {
        return new StreamIdentity(true, trustDomain, tokens, newcomers, clock);
    }

    static StreamIdentity none() {
        TokenReader unread = token -> {
            throw new AdsRefused(Status.Code.UNAUTHENTICATED, "tokens are not read on the plaintext port");
        };
        return new StreamIdentity(false, "", unread, new Newcomers(1, Duration.ZERO, System::nanoTime), Clock.systemUTC());
    }

    /** Of the call whose context is current. */
    static Caller current() {
        Caller caller = CALLER.get();
        return caller == null ? Caller.NOBODY : caller;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String address = remote == null ? "" : shown(remote.toString());
        Caller caller = new Caller(null, null, address, () -> newcomers.hangUp(remote));
        if (required) {
            try {
                caller = identify(call, headers, caller);
            } catch (AdsRefused refused) {
                call.close(refused.status(), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            newcomers.known(remote);
        }
        return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
    }

    /** Java writes an address that it has no name for behind a slash. */
    private static String shown(String address) {
        return address.startsWith("/") ? address.substring(1) : address;
    }

    private Caller identify(ServerCall<?, ?> call, Metadata headers, Caller caller) {
        Optional<X509Certificate> certificate = certificate(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        Instant expires = certificate.map(leaf -> leaf.getNotAfter().toInstant()).orElse(null);
        if (expires != null && !expires.isAfter(clock.instant())) {
            // The connection is older than that; only a new one can show another.
            caller.hangUp().run();
            throw new AdsRefused(
                    Status.Code.UNAUTHENTICATED, "certificate expired at " + expires + " (expected: a connection with a newer one)");
        }
        Optional<WorkloadIdentity> shown = certificate.map(this::identity);
        Optional<WorkloadIdentity> told = token(headers);
        if (shown.isPresent() && told.isPresent() && !shown.equals(told)) {
            throw new AdsRefused(
                    Status.Code.PERMISSION_DENIED,
                    "the certificate says " + shown.get() + ", the token " + told.get() + " (expected: the same)");
        }
        WorkloadIdentity identity = shown.or(() -> told)
                .orElseThrow(() -> new AdsRefused(
                        Status.Code.UNAUTHENTICATED, "neither a client certificate nor a token (expected: one of them)"));
        return new Caller(identity, expires, caller.address(), caller.hangUp());
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

    private static Optional<X509Certificate> certificate(@Nullable SSLSession session) {
        if (session == null) {
            return Optional.empty();
        }
        Certificate[] chain;
        try {
            chain = session.getPeerCertificates();
        } catch (SSLPeerUnverifiedException noneShown) {
            return Optional.empty();
        }
        return chain.length == 0 ? Optional.empty() : Optional.of((X509Certificate) chain[0]);
    }

    private WorkloadIdentity identity(X509Certificate certificate) {
        String uri = SpiffeSan.of(certificate)
                .orElseThrow(() -> new AdsRefused(
                        Status.Code.UNAUTHENTICATED, "the client certificate has no SPIFFE id (expected: exactly one URI SAN)"));
        WorkloadIdentity identity = WorkloadIdentity.parse(uri)
                .orElseThrow(() -> new AdsRefused(
                        Status.Code.UNAUTHENTICATED,
                        "the client certificate's URI SAN has another form (expected: spiffe://<trust domain>/ns/<ns>/sa/<sa>)"));
        return inTrustDomain(identity);
    }

    private WorkloadIdentity inTrustDomain(WorkloadIdentity identity) {
        if (!identity.trustDomain().equals(trustDomain)) {
            throw new AdsRefused(
                    Status.Code.UNAUTHENTICATED, "trust domain " + identity.trustDomain() + " (expected: " + trustDomain + ")");
        }
        return identity;
    }
}
