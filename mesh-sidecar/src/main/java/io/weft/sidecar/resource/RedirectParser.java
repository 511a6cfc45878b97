package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.route.v3.RedirectAction;

/** {@code RedirectAction} → {@link RouteResource.Redirect}. */
final class RedirectParser {
    private static final Fields REDIRECT = Fields.of(
            RedirectAction.getDescriptor(),
            "https_redirect",
            "scheme_redirect",
            "host_redirect",
            "port_redirect",
            "path_redirect",
            "prefix_rewrite",
            "regex_rewrite",
            "response_code",
            "strip_query");

    private RedirectParser() {}

    static RouteResource.Redirect parse(Where where, RedirectAction redirect) {
        REDIRECT.check(where, redirect);
        int port = redirect.getPortRedirect();
        if (port < 0 || port > 65535) {
            throw where.refuse("port_redirect", Integer.toUnsignedString(port), "0 to 65535");
        }
        String scheme = redirect.getHttpsRedirect() ? "https" : redirect.getSchemeRedirect();
        return new RouteResource.Redirect(
                scheme.isEmpty() ? null : scheme,
                redirect.getHostRedirect().isEmpty() ? null : redirect.getHostRedirect(),
                port,
                redirect.getPathRedirect().isEmpty() ? null : redirect.getPathRedirect(),
                redirect.hasPrefixRewrite() ? redirect.getPrefixRewrite() : null,
                redirect.hasRegexRewrite() ? MatchParser.rewrite(where.field("regex_rewrite"), redirect.getRegexRewrite()) : null,
                status(where, redirect),
                redirect.getStripQuery());
    }

    private static int status(Where where, RedirectAction redirect) {
        switch (redirect.getResponseCode()) {
            case MOVED_PERMANENTLY:
                return 301;
            case FOUND:
                return 302;
            case SEE_OTHER:
                return 303;
            case TEMPORARY_REDIRECT:
                return 307;
            case PERMANENT_REDIRECT:
                return 308;
            default:
                throw where.refuse("response_code", redirect.getResponseCodeValue(), "301, 302, 303, 307 or 308");
        }
    }
}
