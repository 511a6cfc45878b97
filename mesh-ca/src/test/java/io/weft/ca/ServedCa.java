package io.weft.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The whole CA over real gRPC and TLS, one for all tests of a class, and a caller without a certificate. */
abstract class ServedCa {

    static final String REVIEWS = "spiffe://cluster.local/ns/default/sa/bookinfo-reviews";

    @TempDir
    static Path home;

    static final Tokens tokens = new Tokens("k1");
    static RunningCa ca;
    static Caller nobody;

    @BeforeAll
    static void start() {
        tokens.publish(home);
        ca = RunningCa.start(home);
        nobody = new Caller(ca, home);
    }

    @AfterAll
    static void stop() {
        nobody.close();
        ca.close();
    }

    static String reviewsToken() {
        return tokens.token("default", "bookinfo-reviews");
    }

    static void refusedKey(String csr, String why) {
        refused(Code.INVALID_ARGUMENT, nobody, reviewsToken(), csr, why);
    }

    static void refused(Code code, Caller caller, @Nullable String token, String csr, String why) {
        StatusRuntimeException e = catchThrowableOfType(StatusRuntimeException.class, () -> caller.ask(token, csr));
        assertThat(e).as("refused: " + why).isNotNull();
        assertThat(e.getStatus().getCode()).as(e.getMessage()).isEqualTo(code);
        assertThat(String.valueOf(e.getStatus().getDescription())).contains(why);
    }
}
