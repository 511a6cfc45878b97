package io.weft.pilot.routing;

import java.util.Locale;
import java.util.Optional;

/** Host names as users write them: short, full, or with a wildcard in front. */
public final class HostNames {

    private HostNames() {}

    /** A name without a dot belongs to the namespace of the object that holds it; anything else is full already. */
    public static String resolve(String host, String namespace, String clusterDomain) {
        String lower = host.toLowerCase(Locale.ROOT);
        if (lower.indexOf('.') >= 0 || lower.startsWith("*")) {
            return lower;
        }
        return lower + "." + namespace + ".svc." + clusterDomain;
    }

    public static boolean isWildcard(String host) {
        return host.startsWith("*");
    }

    /** Whether every host that {@code host} stands for is one that {@code pattern} stands for. */
    public static boolean covers(String pattern, String host) {
        if (pattern.equals("*") || pattern.equals(host)) {
            return true;
        }
        return isWildcard(pattern) && host.endsWith(pattern.substring(1)) && host.length() >= pattern.length();
    }

    /** The hosts that both stand for, as one name: the more specific of the two. */
    public static Optional<String> intersection(String a, String b) {
        if (covers(a, b)) {
            return Optional.of(b);
        }
        return covers(b, a) ? Optional.of(a) : Optional.empty();
    }

    /** Larger is more specific: full names before wildcards, long wildcards before short ones. */
    public static int specificity(String host) {
        return isWildcard(host) ? host.length() : 10_000 + host.length();
    }
}
