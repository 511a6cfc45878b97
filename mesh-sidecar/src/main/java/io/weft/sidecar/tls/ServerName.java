package io.weft.sidecar.tls;

import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.internal.tcnative.SSL;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Server names of the mesh ({@code outbound_.9080_.v1_.reviews…}) have underscores. The JDK's {@code SNIHostName} refuses those, and
 * Netty's BoringSSL engine asks that class too; so BoringSSL is told the name directly. On the JDK's TLS such a name is not sent, because
 * a JDK at the other end would end the handshake over it.
 */
final class ServerName {

    private static final int MAX_LENGTH = 255;

    private ServerName() {}

    /** Has a client send {@code name}; before its handshake. */
    static void send(SSLEngine engine, String name) {
        if (engine instanceof ReferenceCountedOpenSslEngine boring) {
            SSL.setTlsExtHostName(boring.sslPointer(), name);
        } else if (name.indexOf('_') < 0) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(name)));
            engine.setSSLParameters(parameters);
        }
    }

    /** The name a server got in a finished handshake; null if none was sent. */
    static @Nullable String of(SSLEngine engine) {
        if (engine.getUseClientMode()) {
            return null;
        }
        if (engine instanceof ReferenceCountedOpenSslEngine boring) {
            return SSL.getSniHostname(boring.sslPointer());
        }
        if (!(engine.getSession() instanceof ExtendedSSLSession session)) {
            return null;
        }
        return session.getRequestedServerNames().stream()
                .filter(SNIHostName.class::isInstance)
                .map(name -> ((SNIHostName) name).getAsciiName())
                .findFirst()
                .orElse(null);
    }

    /** @throws IllegalArgumentException if {@code name} can be in no ClientHello */
    static void check(@Nullable String name) {
        if (name == null) {
            return;
        }
        boolean ok = !name.isEmpty() && name.length() <= MAX_LENGTH;
        for (int i = 0; ok && i < name.length(); i++) {
            char c = name.charAt(i);
            ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        }
        if (!ok || name.startsWith(".") || name.endsWith(".")) {
            throw new IllegalArgumentException("SNI: \"" + name.substring(0, Math.min(name.length(), 100))
                    + "\" (expected: 1 to " + MAX_LENGTH + " letters, digits, dashes, underscores, dots)");
        }
    }
}
