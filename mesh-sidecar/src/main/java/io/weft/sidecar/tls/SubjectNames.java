package io.weft.sidecar.tls;

import io.netty.util.NetUtil;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Matches the names in a certificate (RFC 6125: SAN only, a wildcard is the whole leftmost label and stands for one label). */
final class SubjectNames {

    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;

    private SubjectNames() {}

    /** @throws CertificateException if {@code wanted} is not empty and the certificate has none of it */
    static void check(X509Certificate leaf, Set<String> wanted) throws CertificateException {
        if (wanted.isEmpty()) {
            return;
        }
        List<String> present = new ArrayList<>();
        Collection<List<?>> names = leaf.getSubjectAlternativeNames();
        for (List<?> name : names == null ? List.<List<?>>of() : names) {
            if (name.get(1) instanceof String value) {
                int type = (Integer) name.get(0);
                for (String want : wanted) {
                    if (matches(type, value, want)) {
                        return;
                    }
                }
                present.add(value);
            }
        }
        throw new CertificateException("names in the certificate: " + present + " (expected: one of " + wanted + ")");
    }

    private static boolean matches(int type, String value, String want) {
        return switch (type) {
            case DNS -> dns(value.toLowerCase(Locale.ROOT), want.toLowerCase(Locale.ROOT));
            case URI -> value.equals(want);
            case IP -> sameAddress(value, want);
            default -> false;
        };
    }

    static boolean dns(String pattern, String host) {
        if (pattern.equals(host)) {
            return true;
        }
        if (!pattern.startsWith("*.") || pattern.indexOf('.', 2) < 0) {
            return false;
        }
        int dot = host.indexOf('.');
        return dot > 0 && host.substring(dot).equals(pattern.substring(1));
    }

    private static boolean sameAddress(String value, String want) {
        byte[] a = NetUtil.createByteArrayFromIpAddressString(value);
        byte[] b = NetUtil.createByteArrayFromIpAddressString(want);
        return a != null && b != null && Arrays.equals(a, b);
    }
}
