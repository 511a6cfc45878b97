package io.weft.pilot.generate.route;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.weft.pilot.model.HeaderOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Header operations. The authority is not a header to Envoy: it is rewritten, and other pseudo headers cannot be changed. */
final class HeaderMutations {

    private HeaderMutations() {}

    static List<HeaderValueOption> toAdd(HeaderOperations.Change change) {
        List<HeaderValueOption> options = new ArrayList<>();
        change.set().forEach((name, value) -> option(
                        name, value, HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
                .ifPresent(options::add));
        change.add().forEach((name, value) ->
                option(name, value, HeaderValueOption.HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD).ifPresent(options::add));
        return options;
    }

    static List<String> toRemove(HeaderOperations.Change change) {
        return change.remove().stream().filter(HeaderMutations::isPlain).toList();
    }

    /** The authority that a request change sets, if it does. */
    static Optional<String> authority(HeaderOperations.Change change) {
        return authority(change.set()).or(() -> authority(change.add()));
    }

    private static Optional<String> authority(Map<String, String> headers) {
        return headers.entrySet().stream()
                .filter(header -> isAuthority(header.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static Optional<HeaderValueOption> option(
            String name, String value, HeaderValueOption.HeaderAppendAction action) {
        if (!isPlain(name)) {
            return Optional.empty();
        }
        return Optional.of(HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(escape(value)))
                .setAppendAction(action)
                .setKeepEmptyValue(value.isEmpty())
                .build());
    }

    private static boolean isPlain(String name) {
        return !name.startsWith(":") && !isAuthority(name);
    }

    private static boolean isAuthority(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("host") || lower.equals(":authority");
    }

    /**
     * Envoy reads {@code %COMMAND(…)%} in values, and refuses the whole configuration for a percent sign that is none: such a sign is doubled.
     */
    static String escape(String value) {
        StringBuilder escaped = new StringBuilder(value.length() + 4);
        int at = 0;
        while (at < value.length()) {
            char c = value.charAt(at);
            if (c != '%') {
                escaped.append(c);
                at++;
                continue;
            }
            int end = commandEnd(value, at);
            if (end > 0) {
                escaped.append(value, at, end);
                at = end;
            } else {
                escaped.append("%%");
                at += at + 1 < value.length() && value.charAt(at + 1) == '%' ? 2 : 1;
            }
        }
        return escaped.toString();
    }

    /** The index behind a {@code %NAME%}, {@code %NAME(argument)%} or {@code %NAME(argument):length%} that starts here; 0: none does. */
    private static int commandEnd(String value, int start) {
        int at = start + 1;
        while (at < value.length() && (Character.isUpperCase(value.charAt(at)) || value.charAt(at) == '_' || Character.isDigit(value.charAt(at)))) {
            at++;
        }
        if (at == start + 1) {
            return 0;
        }
        if (at < value.length() && value.charAt(at) == '(') {
            int close = value.indexOf(')', at);
            if (close < 0) {
                return 0;
            }
            at = close + 1;
        }
        if (at < value.length() && value.charAt(at) == ':') {
            at++;
            while (at < value.length() && Character.isDigit(value.charAt(at))) {
                at++;
            }
        }
        return at < value.length() && value.charAt(at) == '%' ? at + 1 : 0;
    }
}
