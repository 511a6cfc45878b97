package io.weft.sidecar.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which versions and cipher suites a context speaks: Envoy's {@code tls_params}.
 *
 * @param min {@code TLSv1.2} or {@code TLSv1.3}
 * @param max not below {@code min}
 * @param ciphers of TLS 1.2, by OpenSSL's names ({@code [a|b]}: either); empty: the engine's. Those of TLS 1.3 are not chosen, as at Envoy
 */
public record TlsLimits(String min, String max, List<String> ciphers) {
    public static final TlsLimits NONE = new TlsLimits("TLSv1.2", "TLSv1.3", List.of());

    private static final List<String> TLS13 = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    /** The suites of Envoy's default list by the JDK's names. */
    private static final Map<String, String> JDK = Map.of(
            "ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "ECDHE-ECDSA-AES256-GCM-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    public TlsLimits {
        ciphers = List.copyOf(ciphers);
    }

    String[] protocols() {
        return min.equals(max) ? new String[] {min} : new String[] {"TLSv1.2", "TLSv1.3"};
    }

    /** Suites of all versions spoken, in order. */
    List<String> suites(boolean jdk) {
        List<String> suites = new ArrayList<>();
        if (max.equals("TLSv1.3")) {
            suites.addAll(TLS13);
        }
        for (String group : ciphers) {
            String bare = group.startsWith("[") && group.endsWith("]") ? group.substring(1, group.length() - 1) : group;
            for (String name : bare.split("\\|")) {
                suites.add(jdk ? JDK.getOrDefault(name, name) : name);
            }
        }
        return suites;
    }
}
