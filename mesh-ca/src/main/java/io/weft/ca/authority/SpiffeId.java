package io.weft.ca.authority;

/**
 * A workload's name in the mesh: {@code spiffe://<trust domain>/ns/<namespace>/sa/<service account>}.
 *
 * <p>The form is Istio's, stricter than the SPIFFE specification: exactly four path segments, lower-case DNS characters only, so
 * that two different strings never name the same workload.
 *
 * @param trustDomain lower-case DNS name, at most 255 characters
 * @param namespace a DNS label, at most 63 characters
 * @param serviceAccount a DNS subdomain, at most 253 characters
 */
public record SpiffeId(String trustDomain, String namespace, String serviceAccount) {

    private static final String SCHEME = "spiffe://";
    private static final int MAX_LENGTH = 2048;

    /** @throws IllegalArgumentException if a part is not of the form above */
    public SpiffeId {
        check("trust domain", trustDomain, 255, true);
        check("namespace", namespace, 63, false);
        check("service account", serviceAccount, 253, true);
    }

    /**
     * Parses the URI form.
     *
     * @throws IllegalArgumentException if {@code uri} is not exactly of that form
     */
    public static SpiffeId parse(String uri) {
        if (uri.length() > MAX_LENGTH || !uri.startsWith(SCHEME)) {
            throw refused(uri);
        }
        String[] parts = uri.substring(SCHEME.length()).split("/", -1);
        if (parts.length != 5 || !"ns".equals(parts[1]) || !"sa".equals(parts[3])) {
            throw refused(uri);
        }
        return new SpiffeId(parts[0], parts[2], parts[4]);
    }

    /** The URI form, as it stands in a certificate's subject alternative name. */
    public String uri() {
        return SCHEME + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }


    @Override
    public String toString() {
        return uri();
    }

    private static IllegalArgumentException refused(String uri) {
        String shown = uri.length() > 200 ? uri.substring(0, 200) + "…" : uri;
        return new IllegalArgumentException(
                "SPIFFE id: " + shown + " (expected: spiffe://<trust domain>/ns/<namespace>/sa/<service account>)");
    }

    private static void check(String what, String value, int max, boolean dots) {
        boolean ok = !value.isEmpty() && value.length() <= max;
        for (int i = 0; ok && i < value.length(); i++) {
            ok = allowed(value, i, dots);
        }
        if (!ok) {
            String shown = value.length() > 100 ? value.substring(0, 100) + "…" : value;
            throw new IllegalArgumentException(
                    what + ": \"" + shown + "\" (expected: 1 to " + max + " lower-case letters, digits, dashes" + (dots ? ", dots" : "") + ")");
        }
    }

    /** Dashes and dots only between letters and digits, so that {@code .} and {@code ..} are never a segment. */
    private static boolean allowed(String value, int i, boolean dots) {
        char c = value.charAt(i);
        if (alphanumeric(c)) {
            return true;
        }
        boolean edge = i == 0 || i == value.length() - 1;
        if (c == '-') {
            return !edge;
        }
        return c == '.' && dots && !edge && value.charAt(i - 1) != '.';
    }

    private static boolean alphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
