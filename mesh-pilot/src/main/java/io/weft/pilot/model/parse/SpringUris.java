package io.weft.pilot.model.parse;

import io.weft.pilot.model.Names;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the URI of a SpringRoute. */
final class SpringUris {

    static final String FORMS = "http(s)://HOST[:PORT], ws(s)://HOST[:PORT], lb://SERVICE[:PORT][/SUBSET], lb:ws(s)://SERVICE..., forward:/PATH or mesh:///";

    private static final int MAX_LENGTH = 2048;
    private static final List<String> HOST_SCHEMES = List.of("http://", "https://", "ws://", "wss://");
    private static final List<String> SERVICE_SCHEMES = List.of("lb://", "lb:ws://", "lb:wss://");
    private static final List<String> NAMES = List.of("http", "https", "ws", "wss", "lb", "forward", "mesh");

    private SpringUris() {}

    /** Reads a URI, or says what is wrong with it and reads null. */
    static @Nullable SpringUri read(String field, String text, Problems problems) {
        if (text.length() > MAX_LENGTH) {
            problems.add(Problem.expected(field, text, "at most " + MAX_LENGTH + " characters, not " + text.length()));
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 127) {
                problems.add(Problem.expected(field, text, "printable ASCII without blanks"));
                return null;
            }
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.equals("mesh:///")) {
            return SpringUri.mesh(text);
        }
        if (lower.startsWith("forward:")) {
            return forward(field, text, problems);
        }
        for (String scheme : SERVICE_SCHEMES) {
            if (lower.startsWith(scheme)) {
                return service(field, text, text.substring(scheme.length()), problems);
            }
        }
        for (String scheme : HOST_SCHEMES) {
            if (lower.startsWith(scheme)) {
                return host(field, text, problems);
            }
        }
        problems.add(Problem.expected(field, text, hint(lower) + FORMS));
        return null;
    }

    private static String hint(String lower) {
        int colon = lower.indexOf(':');
        String scheme = colon < 0 ? lower : lower.substring(0, colon);
        Optional<String> near = NAMES.contains(scheme) ? Optional.empty() : NearMatch.of(scheme, NAMES);
        return near.map(name -> "perhaps `" + name + ":`; ").orElse("");
    }

    private static @Nullable SpringUri forward(String field, String text, Problems problems) {
        String path = text.substring("forward:".length());
        // forward:///path is what Spring Cloud Gateway's own examples have.
        boolean local = path.startsWith("/") && !path.startsWith("//") || path.startsWith("///");
        if (!local || uri(text) == null) {
            problems.add(Problem.expected(field, text, "forward:/PATH"));
            return null;
        }
        return SpringUri.forward(text);
    }

    private static @Nullable SpringUri host(String field, String text, Problems problems) {
        URI uri = uri(text);
        if (uri == null || uri.getHost() == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            problems.add(Problem.expected(field, text, "a host, perhaps with a port, and neither user nor fragment"));
            return null;
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            problems.add(Problem.expected(field, text, "a port of 1 to 65535"));
            return null;
        }
        return SpringUri.host(text);
    }

    private static @Nullable SpringUri service(String field, String text, String rest, Problems problems) {
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String subset = slash < 0 ? "" : rest.substring(slash + 1);
        int colon = authority.indexOf(':');
        String service = colon < 0 ? authority : authority.substring(0, colon);
        Integer port = colon < 0 ? null : port(authority.substring(colon + 1));
        boolean fits = Names.isSubdomain(service)
                && (colon < 0 || port != null)
                && (subset.isEmpty() || Names.isLabel(subset));
        if (!fits) {
            problems.add(Problem.expected(
                    field, text, "lb://SERVICE[:PORT][/SUBSET] with a short or full name in lower case, a port of 1 to 65535 and a subset's name"));
            return null;
        }
        return SpringUri.service(text, service, port, subset.isEmpty() ? null : subset);
    }

    private static @Nullable Integer port(String digits) {
        if (digits.isEmpty() || digits.length() > 5) {
            return null;
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            if (c < '0' || c > '9') {
                return null;
            }
            value = value * 10 + c - '0';
        }
        return value >= 1 && value <= 65_535 ? (Integer) value : null;
    }

    private static @Nullable URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException broken) {
            return null;
        }
    }
}
