package io.weft.ca.grpc;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.weft.ca.attest.Credentials;
import io.weft.ca.attest.IssuanceGate;
import io.weft.ca.attest.RefusedException;
import io.weft.ca.authority.Pem;
import io.weft.ca.grpc.proto.IstioCertificateRequest;
import io.weft.ca.grpc.proto.IstioCertificateResponse;
import io.weft.ca.grpc.proto.IstioCertificateServiceGrpc;
import java.security.cert.X509Certificate;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code istio.v1.auth.IstioCertificateService}: the wire form of the gate. */
public final class CertificateService extends IstioCertificateServiceGrpc.IstioCertificateServiceImplBase {

    private static final Logger log = LoggerFactory.getLogger(CertificateService.class);

    private final IssuanceGate gate;
    private final TokenCalls tokenCalls;

    /** @param tokenCalls where calls with a token are worked on; those with only a certificate need nobody but us */
    public CertificateService(IssuanceGate gate, TokenCalls tokenCalls) {
        this.gate = gate;
        this.tokenCalls = tokenCalls;
    }

    @Override
    public void createCertificate(IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
        Context call = Context.current();
        Credentials credentials = CallerInterceptor.CREDENTIALS.get(call);
        // A caller that has gone is no error of ours, whichever thread notices.
        ((ServerCallStreamObserver<IstioCertificateResponse>) response).setOnCancelHandler(() -> {});
        if (credentials.authorization() == null) {
            answer(credentials, request, response);
            return;
        }
        try {
            gate.screen(credentials);
        } catch (RefusedException e) {
            response.onError(status(e.reason()).withDescription(e.getMessage()).asRuntimeException());
            return;
        }
        boolean taken = tokenCalls.offer(() -> {
            if (!call.isCancelled()) {
                answer(credentials, request, response);
            }
        });
        if (!taken) {
            response.onError(Status.UNAVAILABLE.withDescription("too many tokens wait to be checked: come again").asRuntimeException());
        }
    }

    private void answer(Credentials credentials, IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> response) {
        List<X509Certificate> chain;
        try {
            chain = gate.issue(credentials, request.getCsr(), request.getValidityDuration());
        } catch (RefusedException e) {
            response.onError(status(e.reason()).withDescription(e.getMessage()).asRuntimeException());
            return;
        } catch (RuntimeException e) {
            log.error("a certificate could not be issued", e);
            response.onError(Status.INTERNAL.withDescription("the certificate could not be issued").asRuntimeException());
            return;
        }
        IstioCertificateResponse.Builder answer = IstioCertificateResponse.newBuilder();
        chain.forEach(certificate -> answer.addCertChain(Pem.encode(certificate)));
        response.onNext(answer.build());
        response.onCompleted();
    }

    private static Status status(RefusedException.Reason reason) {
        return switch (reason) {
            case UNAUTHENTICATED -> Status.UNAUTHENTICATED;
            case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
            case INVALID_ARGUMENT -> Status.INVALID_ARGUMENT;
            case UNAVAILABLE -> Status.UNAVAILABLE;
        };
    }
}
