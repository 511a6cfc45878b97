package io.weft.telemetry.ingest;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Finds out by the client certificate who speaks, on the TLS port, and ends the connection when that certificate does: whoever was not renewed is nobody
 * then. On the plaintext port everybody is nobody.
 */
public final class CallerIdentity implements ServerInterceptor {

    private static final Context.Key<PeerIdentity> IDENTITY = Context.key("weft.identity");

    private final String trustDomain;
    private final Connections connections;
    private final Clock clock;

    CallerIdentity(String trustDomain, Connections connections, Clock clock) {
        this.trustDomain = trustDomain;
        this.connections = connections;
        this.clock = clock;
    }

    /** Of the call whose context is current; null on the plaintext port. */
    public static @Nullable PeerIdentity current() {
        return IDENTITY.get();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        X509Certificate certificate = shown(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
        PeerIdentity identity = certificate == null ? null : PeerIdentity.of(certificate).orElse(null);
        if (certificate != null) {
            Duration left = Duration.between(clock.instant(), certificate.getNotAfter().toInstant());
            connections.endAfter(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR), left);
        }
        String wrong = identity == null
                ? "the client certificate has no SPIFFE id (expected: one URI SAN, spiffe://" + trustDomain + "/ns/<ns>/sa/<sa>)"
                : identity.trustDomain().equals(trustDomain)
                        ? null
                        : "trust domain " + identity.trustDomain() + " (expected: " + trustDomain + ")";
        if (wrong != null) {
            call.close(Status.UNAUTHENTICATED.withDescription(wrong), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(IDENTITY, identity), call, headers, next);
    }

    private static @Nullable X509Certificate shown(@Nullable SSLSession session) {
        if (session == null) {
            return null;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length == 0 ? null : (X509Certificate) chain[0];
        } catch (SSLPeerUnverifiedException noneShown) {
            return null;
        }
    }
}
