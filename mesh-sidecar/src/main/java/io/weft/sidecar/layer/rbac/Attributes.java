package io.weft.sidecar.layer.rbac;

import io.weft.sidecar.message.Hosts;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HeaderMatch;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.route.HeaderMatcher;
import io.weft.sidecar.route.StringMatcher;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What permissions and principals both look at. */
final class Attributes {
    private Attributes() {}

    /** Policy compares the host lower-cased and without port. */
    static Condition header(HeaderMatch match, HeaderMatcher.Repeated repeated) {
        if (match.name().equalsIgnoreCase(":authority") || match.name().equalsIgnoreCase("host")) {
            return host(match);
        }
        HeaderMatcher matcher = HeaderMatcher.of(match, repeated);
        return context -> {
            RequestHead head = context.requestHead();
            return matcher.matches(head);
        };
    }

    private static Condition host(HeaderMatch match) {
        StringMatch wanted = match.string();
        if (wanted == null) {
            boolean always = (match.present() == null || match.present()) != match.invert();
            return context -> always;
        }
        StringMatcher matcher = StringMatcher.of(wanted.kind() == StringMatch.Kind.REGEX
                ? wanted
                : new StringMatch(wanted.kind(), Hosts.lower(wanted.value()), false));
        StringMatcher bare = StringMatcher.of(wanted.kind() == StringMatch.Kind.EXACT || wanted.kind() == StringMatch.Kind.SUFFIX
                ? new StringMatch(wanted.kind(), Hosts.withoutPort(Hosts.lower(wanted.value())), false)
                : wanted);
        boolean namesPort = wanted.kind() != StringMatch.Kind.REGEX && !Hosts.withoutPort(wanted.value()).equals(wanted.value());
        boolean regex = wanted.kind() == StringMatch.Kind.REGEX;
        return context -> {
            String host = withoutRootDot(Hosts.lower(context.requestHead().authority()));
            boolean hit = namesPort
                    ? matcher.matches(host)
                    : matcher.matches(Hosts.withoutPort(host)) || bare.matches(Hosts.withoutPort(host)) || regex && matcher.matches(host);
            return hit != match.invert();
        };
    }

    /** {@code a.example.} is {@code a.example}: who is denied the one is denied the other. */
    private static String withoutRootDot(String host) {
        String bare = Hosts.withoutPort(host);
        return bare.length() > 1 && bare.endsWith(".") ? bare.substring(0, bare.length() - 1) + host.substring(bare.length()) : host;
    }

    static Condition path(StringMatch match) {
        StringMatcher matcher = StringMatcher.of(match);
        return context -> matcher.matches(context.routePath().path());
    }

    static @Nullable InetAddress ip(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    static int port(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getPort() : -1;
    }
}
