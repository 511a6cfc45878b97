package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.weft.pilot.generate.proto.Matchers;
import java.util.List;
import java.util.function.Function;

/** Who asks. All but addresses and headers rest on the certificate that the caller has shown. */
final class Principals {

    private static final String SPIFFE = "spiffe://";

    private Principals() {}

    static Principal any() {
        return Principal.newBuilder().setAny(true).build();
    }

    static Principal never() {
        return not(any());
    }

    static Principal not(Principal principal) {
        return Principal.newBuilder().setNotId(principal).build();
    }

    static Principal allOf(List<Principal> all) {
        return switch (all.size()) {
            case 0 -> any();
            case 1 -> all.get(0);
            default -> Principal.newBuilder().setAndIds(Principal.Set.newBuilder().addAllIds(all)).build();
        };
    }

    static Principal anyOf(List<String> values, Function<String, Principal> one) {
        if (values.size() == 1) {
            return one.apply(values.get(0));
        }
        Principal.Set.Builder set = Principal.Set.newBuilder();
        values.forEach(value -> set.addIds(one.apply(value)));
        return Principal.newBuilder().setOrIds(set).build();
    }

    /** Without {@code spiffe://}, as users write it. */
    static Principal principal(String pattern) {
        if (pattern.equals("*")) {
            return authenticated(Matchers.nonEmpty());
        }
        // A suffix pattern stands for any beginning, also spiffe://.
        return authenticated(Matchers.ofPolicy(pattern.startsWith("*") ? pattern : SPIFFE + pattern));
    }

    static Principal namespace(String pattern) {
        return authenticated(Matchers.regex(".*/ns/" + segment(pattern) + "/.*"));
    }

    /** {@code namespace/account}, or an account of the policy's own namespace. */
    static Principal serviceAccount(String account, String ownNamespace) {
        String full = account.indexOf('/') < 0 ? ownNamespace + "/" + account : account;
        int slash = full.indexOf('/');
        return authenticated(
                Matchers.suffix("/ns/" + full.substring(0, slash) + "/sa/" + full.substring(slash + 1)));
    }

    static Principal trustDomain(String pattern) {
        return authenticated(Matchers.regex(SPIFFE + segment(pattern) + "/.*"));
    }

    static Principal peerAddress(String block) {
        return Principal.newBuilder().setDirectRemoteIp(cidr(block)).build();
    }

    static Principal originalAddress(String block) {
        return Principal.newBuilder().setRemoteIp(cidr(block)).build();
    }

    static Principal header(String name, String pattern) {
        HeaderMatcher.Builder header = HeaderMatcher.newBuilder().setName(name);
        if (pattern.equals("*")) {
            header.setPresentMatch(true);
        } else {
            header.setStringMatch(Matchers.ofPolicy(pattern));
        }
        return Principal.newBuilder().setHeader(header).build();
    }

    static CidrRange cidr(String block) {
        int slash = block.indexOf('/');
        String address = slash < 0 ? block : block.substring(0, slash);
        int length = slash < 0 ? address.indexOf(':') < 0 ? 32 : 128 : Integer.parseInt(block.substring(slash + 1));
        return CidrRange.newBuilder()
                .setAddressPrefix(address)
                .setPrefixLen(com.google.protobuf.UInt32Value.of(length))
                .build();
    }

    private static Principal authenticated(StringMatcher name) {
        return Principal.newBuilder()
                .setAuthenticated(Principal.Authenticated.newBuilder().setPrincipalName(name))
                .build();
    }

    /** One part of a path, with wildcards that do not leave it; the literal quoted. */
    private static String segment(String pattern) {
        if (pattern.equals("*")) {
            return "[^/]+";
        }
        if (pattern.endsWith("*")) {
            return Matchers.quote(pattern.substring(0, pattern.length() - 1)) + "[^/]*";
        }
        if (pattern.startsWith("*")) {
            return "[^/]*" + Matchers.quote(pattern.substring(1));
        }
        return Matchers.quote(pattern);
    }
}
