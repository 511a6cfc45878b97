package io.weft.sidecar.layer.rbac;

import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.route.HeaderMatcher;
import io.weft.sidecar.route.StringMatcher;

/** Compiles permissions. */
final class Permissions {
    private Permissions() {}

    static Condition compile(RbacResource.Permission permission, HeaderMatcher.Repeated repeated) {
        if (permission instanceof RbacResource.Permission.Any) {
            return context -> true;
        }
        if (permission instanceof RbacResource.Permission.And and) {
            return Condition.and(and.all().stream().map(p -> compile(p, repeated)).toList());
        }
        if (permission instanceof RbacResource.Permission.Or or) {
            return Condition.or(or.any().stream().map(p -> compile(p, repeated)).toList());
        }
        if (permission instanceof RbacResource.Permission.Not not) {
            return Condition.not(compile(not.not(), repeated.negated()));
        }
        if (permission instanceof RbacResource.Permission.Header header) {
            return Attributes.header(header.match(), repeated);
        }
        if (permission instanceof RbacResource.Permission.UrlPath path) {
            return Attributes.path(path.match());
        }
        if (permission instanceof RbacResource.Permission.UriTemplate template) {
            PathTemplate compiled = new PathTemplate(template.template());
            return context -> compiled.matches(context.routePath().path());
        }
        if (permission instanceof RbacResource.Permission.DestinationIp ip) {
            AddressRange range = new AddressRange(ip.range());
            return context -> range.contains(Attributes.ip(context.localAddress()));
        }
        if (permission instanceof RbacResource.Permission.DestinationPort port) {
            return context -> Attributes.port(context.localAddress()) == port.port();
        }
        if (permission instanceof RbacResource.Permission.DestinationPortRange ports) {
            return context -> {
                int port = Attributes.port(context.localAddress());
                return port >= ports.start() && port < ports.end();
            };
        }
        if (permission instanceof RbacResource.Permission.RequestedServerName name) {
            StringMatcher matcher = StringMatcher.of(name.match());
            return context -> {
                String sni = context.requestedServerName();
                return matcher.matches(sni == null ? "" : sni);
            };
        }
        throw new ResourceException("permission: " + permission + " (expected: a kind this engine knows)");
    }
}
