package io.weft.sidecar.layer.rbac;

import io.weft.sidecar.layer.LayerContext;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.route.HeaderMatcher;
import io.weft.sidecar.route.StringMatcher;
import org.jspecify.annotations.Nullable;

/** Compiles principals. */
final class Principals {
    private Principals() {}

    static Condition compile(RbacResource.Principal principal, HeaderMatcher.Repeated repeated) {
        if (principal instanceof RbacResource.Principal.Any) {
            return context -> true;
        }
        if (principal instanceof RbacResource.Principal.And and) {
            return Condition.and(and.all().stream().map(p -> compile(p, repeated)).toList());
        }
        if (principal instanceof RbacResource.Principal.Or or) {
            return Condition.or(or.any().stream().map(p -> compile(p, repeated)).toList());
        }
        if (principal instanceof RbacResource.Principal.Not not) {
            return Condition.not(compile(not.not(), repeated.negated()));
        }
        if (principal instanceof RbacResource.Principal.Authenticated authenticated) {
            return authenticated(authenticated.name());
        }
        if (principal instanceof RbacResource.Principal.DirectRemoteIp ip) {
            AddressRange range = new AddressRange(ip.range());
            return context -> range.contains(Attributes.ip(context.directRemote()));
        }
        if (principal instanceof RbacResource.Principal.RemoteIp ip) {
            AddressRange range = new AddressRange(ip.range());
            return context -> range.contains(context.remoteIp());
        }
        if (principal instanceof RbacResource.Principal.Header header) {
            return Attributes.header(header.match(), repeated);
        }
        if (principal instanceof RbacResource.Principal.UrlPath path) {
            return Attributes.path(path.match());
        }
        throw new ResourceException("principal: " + principal + " (expected: a kind this engine knows)");
    }

    private static Condition authenticated(@Nullable StringMatch name) {
        if (name == null) {
            return LayerContext::peerAuthenticated;
        }
        StringMatcher matcher = StringMatcher.of(name);
        return context -> {
            String uri = context.peerUri();
            return context.peerAuthenticated() && matcher.matches(uri == null ? "" : uri);
        };
    }
}
