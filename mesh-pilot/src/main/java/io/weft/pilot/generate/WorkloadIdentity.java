package io.weft.pilot.generate;

import java.util.Optional;

/**
 * Who a workload is: the parts of {@code spiffe://<trust domain>/ns/<namespace>/sa/<service account>}.
 */
public record WorkloadIdentity(String trustDomain, String namespace, String account) {

    private static final String SCHEME = "spiffe://";
    private static final int MAX_LENGTH = 2048;

    /** The identity that this SPIFFE id spells, if it has exactly the mesh's form. */
    public static Optional<WorkloadIdentity> parse(String uri) {
        if (uri.length() > MAX_LENGTH || !uri.startsWith(SCHEME)) {
            return Optional.empty();
        }
        String[] parts = uri.substring(SCHEME.length()).split("/", -1);
        boolean shaped = parts.length == 5 && parts[1].equals("ns") && parts[3].equals("sa");
        if (!shaped || !isName(parts[0]) || !isName(parts[2]) || !isName(parts[4])) {
            return Optional.empty();
        }
        return Optional.of(new WorkloadIdentity(parts[0], parts[2], parts[4]));
    }

    /** The SPIFFE id. */
    public String uri() {
        return SCHEME + trustDomain + "/ns/" + namespace + "/sa/" + account;
    }

    private static boolean isName(String part) {
        // No dots only: such a part means another folder wherever a name becomes a path.
        if (part.isEmpty() || part.chars().allMatch(c -> c == '.')) {
            return false;
        }
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean allowed = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_';
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return uri();
    }
}
