package io.weft.pilot.model;

/** Kubernetes' rules for names, without regular expressions. */
public final class Names {

    public static final String LABEL = "at most 63 of a-z, 0-9 and -, starting and ending with a letter or digit";
    public static final String SUBDOMAIN =
            "at most 253 of a-z, 0-9, - and ., each part starting and ending with a letter or digit";

    private Names() {}

    /** RFC 1123 label in lower case: a namespace, a subset, a port. */
    public static boolean isLabel(String name) {
        return isPart(name, 63);
    }

    /** RFC 1123 subdomain in lower case: an object's name, a host. */
    public static boolean isSubdomain(String name) {
        if (name.isEmpty() || name.length() > 253) {
            return false;
        }
        int start = 0;
        while (true) {
            int dot = name.indexOf('.', start);
            if (!isPart(name.substring(start, dot < 0 ? name.length() : dot), 253)) {
                return false;
            }
            if (dot < 0) {
                return true;
            }
            start = dot + 1;
        }
    }

    private static boolean isPart(String part, int max) {
        if (part.isEmpty() || part.length() > max) {
            return false;
        }
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            boolean inner = c == '-' && i > 0 && i < part.length() - 1;
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || inner)) {
                return false;
            }
        }
        return true;
    }
}
