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
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Finds out by the client certificate who speaks, on the TLS port. On the plaintext port everybody is nobody. */
public final class CallerIdentity implements ServerInterceptor {

    private static final Context.Key<PeerIdentity> IDENTITY = Context.key("weft.identity");

    private final String trustDomain;

    CallerIdentity(String trustDomain) {
        this.trustDomain = trustDomain;
    }

    /** Of the call whose context is current; null on the plaintext port. */
    public static @Nullable PeerIdentity current() {
        return IDENTITY.get();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        PeerIdentity identity = shown(call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
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

    private static @Nullable PeerIdentity shown(@Nullable SSLSession session) {
        if (session == null) {
            return null;
        }
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length == 0 ? null : PeerIdentity.of((X509Certificate) chain[0]).orElse(null);
        } catch (SSLPeerUnverifiedException noneShown) {
            return null;
        }
    }
}
