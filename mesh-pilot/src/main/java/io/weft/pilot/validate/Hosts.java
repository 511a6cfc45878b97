package io.weft.pilot.validate;

import io.weft.pilot.model.Names;
import java.util.Locale;

/** What counts as a host, an address or a block of addresses. No name is ever looked up. */
final class Hosts {

    private Hosts() {}

    /** A DNS name, {@code *}, {@code *.domain} (also {@code *domain}, as the reference admits) or an IP address. */
    static boolean isHost(String host) {
        if (host.equals("*") || isIp(host)) {
            return true;
        }
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("*.")) {
            name = name.substring(2);
        } else if (name.startsWith("*-")) {
            name = name.substring(2);
        }
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        return Names.isSubdomain(name.replace('_', '-'));
    }

    static boolean isWildcard(String host) {
        return host.startsWith("*");
    }

    /** Whether every name the inner host stands for is one the outer stands for. */
    static boolean covers(String outer, String inner) {
        if (outer.equals("*") || outer.equalsIgnoreCase(inner)) {
            return true;
        }
        String suffix = outer.startsWith("*") ? outer.substring(1).toLowerCase(Locale.ROOT) : null;
        return suffix != null && inner.toLowerCase(Locale.ROOT).endsWith(suffix) && inner.length() > suffix.length();
    }

    static boolean isIp(String text) {
        return isIpv4(text) || isIpv6(text);
    }

    static boolean isCidr(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || text.length() - slash > 4 || slash + 1 == text.length()) {
            return false;
        }
        String address = text.substring(0, slash);
        int bits = number(text.substring(slash + 1));
        return bits >= 0 && (isIpv4(address) && bits <= 32 || isIpv6(address) && bits <= 128);
    }

    private static boolean isIpv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4 || text.length() > 15) {
            return false;
        }
        for (String part : parts) {
            int value = number(part);
            if (value < 0 || value > 255 || part.length() > 1 && part.startsWith("0")) {
                return false;
            }
        }
        return true;
    }

    private static boolean isIpv6(String text) {
        if (text.length() > 45 || text.indexOf(':') < 0) {
            return false;
        }
        int gap = text.indexOf("::");
        if (gap >= 0) {
            int left = groups(text.substring(0, gap));
            int right = groups(text.substring(gap + 2));
            return left >= 0 && right >= 0 && left + right < 8;
        }
        return groups(text) == 8;
    }

    /** Number of 16-bit groups, an IPv4 tail counting as two; -1 if it is no such list. */
    private static int groups(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        String[] parts = text.split(":", -1);
        int count = 0;
        for (int i = 0; i < parts.length; i++) {
            if (i == parts.length - 1 && isIpv4(parts[i])) {
                count += 2;
            } else if (isHexGroup(parts[i])) {
                count++;
            } else {
                return -1;
            }
        }
        return count;
    }

    private static boolean isHexGroup(String part) {
        if (part.isEmpty() || part.length() > 4) {
            return false;
        }
        for (int i = 0; i < part.length(); i++) {
            if (Character.digit(part.charAt(i), 16) < 0 || part.charAt(i) >= 128) {
                return false;
            }
        }
        return true;
    }

    /** A number of at most three plain digits, or -1. */
    static int number(String digits) {
        if (digits.isEmpty() || digits.length() > 3) {
            return -1;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            value = value * 10 + (c - '0');
        }
        return value;
    }
}
