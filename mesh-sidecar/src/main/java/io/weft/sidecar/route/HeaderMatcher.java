package io.weft.sidecar.route;

import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HeaderMatch;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A compiled {@link HeaderMatch}. Knows {@code :method}, {@code :path}, {@code :authority} and {@code :scheme}. */
public final class HeaderMatcher {
    /**
     * What a field that comes more than once is compared as. A policy may not be fooled by a second value: what allows must hold for each value,
     * what denies holds when any does.
     */
    public enum Repeated {
        /** Values joined with a comma, as Envoy matches routes. */
        JOINED,
        ANY,
        ALL;

        /** The same strictness under a negation. */
        public Repeated negated() {
            return this == ANY ? ALL : this == ALL ? ANY : this;
        }
    }

    private final AsciiString name;
    private final @Nullable StringMatcher string;
    private final HeaderMatch.@Nullable Range range;
    private final boolean wantPresent;
    private final boolean invert;
    private final boolean missingIsEmpty;
    private final Repeated repeated;

    private HeaderMatcher(HeaderMatch match, Repeated repeated) {
        this.name = AsciiString.cached(match.name().toLowerCase(Locale.ROOT));
        this.string = match.string() == null ? null : StringMatcher.of(match.string());
        this.range = match.range();
        this.wantPresent = match.present() == null || match.present();
        this.invert = match.invert();
        this.missingIsEmpty = match.treatMissingAsEmpty();
        this.repeated = match.invert() ? repeated.negated() : repeated;
    }

    public static HeaderMatcher of(HeaderMatch match) {
        return new HeaderMatcher(match, Repeated.JOINED);
    }

    public static HeaderMatcher of(HeaderMatch match, Repeated repeated) {
        return new HeaderMatcher(match, repeated);
    }

    public static List<HeaderMatcher> all(List<HeaderMatch> matches) {
        return matches.stream().map(HeaderMatcher::of).toList();
    }

    /** Whether every one of {@code matchers} matches. */
    public static boolean allMatch(HeaderMatcher[] matchers, RequestHead head) {
        for (HeaderMatcher matcher : matchers) {
            if (!matcher.matches(head)) {
                return false;
            }
        }
        return true;
    }

    public boolean matches(RequestHead head) {
        if (name.charAt(0) == ':') {
            return single(pseudo(head));
        }
        return matches((HeaderBlock) head);
    }

    /** Against response headers or trailers. */
    public boolean matches(HeaderBlock head) {
        CharSequence first = head.get(name);
        if (first == null || string == null && range == null) {
            return single(first == null ? null : "");
        }
        List<CharSequence> values = head.getAll(name);
        return values.size() == 1 ? single(first.toString()) : several(values);
    }

    private boolean several(List<CharSequence> values) {
        if (repeated == Repeated.JOINED) {
            return single(String.join(",", values));
        }
        boolean any = false;
        boolean all = true;
        for (CharSequence value : values) {
            boolean one = value(value.toString());
            any |= one;
            all &= one;
        }
        return (repeated == Repeated.ANY ? any : all) != invert;
    }

    /** Envoy: a missing header matches nothing, inverted or not, unless it counts as empty; presence is its own question. */
    private boolean single(@Nullable String value) {
        if (string == null && range == null) {
            return (value != null) == (wantPresent != invert);
        }
        if (value == null) {
            if (!missingIsEmpty) {
                return false;
            }
            return value("") != invert;
        }
        return value(value) != invert;
    }

    private boolean value(String value) {
        StringMatcher text = string;
        if (text != null) {
            return text.matches(value);
        }
        HeaderMatch.Range bounds = range;
        if (bounds == null || value.isEmpty() || value.length() > 19) {
            return false;
        }
        try {
            long number = Long.parseLong(value);
            return number >= bounds.start() && number < bounds.end();
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    private @Nullable String pseudo(RequestHead head) {
        return switch (name.toString()) {
            case ":method" -> head.method().toString();
            case ":path" -> head.path();
            case ":authority" -> head.authority();
            case ":scheme" -> head.scheme();
            default -> null;
        };
    }
}
