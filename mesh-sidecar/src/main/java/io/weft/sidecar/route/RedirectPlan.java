package io.weft.sidecar.route;

import io.weft.sidecar.message.Hosts;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.RouteResource;
import org.jspecify.annotations.Nullable;

/** A compiled redirect. */
public final class RedirectPlan {
    private final RouteResource.Redirect redirect;
    private final @Nullable PathRewrite rewrite;

    public RedirectPlan(RouteResource.Match match, RouteResource.Redirect redirect) {
        this.redirect = redirect;
        this.rewrite = PathRewrite.of(match, redirect.prefixRewrite(), redirect.regexRewrite());
    }

    public int status() {
        return redirect.status();
    }

    /** Value of {@code location}; {@code :80} for http and {@code :443} for https are dropped, as Envoy does. */
    public String location(RequestHead head) {
        String scheme = redirect.scheme() != null ? redirect.scheme() : head.scheme();
        String host = redirect.host() != null ? redirect.host() : authority(head, scheme);
        String port = redirect.port() == 0 ? "" : ":" + redirect.port();
        if (!port.isEmpty()) {
            host = Hosts.withoutPort(host);
            if (redirect.port() == (scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : -1)) {
                port = "";
            }
        }
        return scheme + "://" + host + port + path(head.path());
    }

    /** A changed scheme makes the default port of the old one meaningless. */
    private String authority(RequestHead head, String scheme) {
        String authority = head.authority();
        if (redirect.scheme() != null && redirect.port() == 0) {
            int port = Hosts.port(authority, 0);
            if (port == 80 && !scheme.equals("http") || port == 443 && !scheme.equals("https") || port == 80 || port == 443) {
                return Hosts.withoutPort(authority);
            }
        }
        return authority;
    }

    private String path(String target) {
        int cut = target.indexOf('?');
        String query = cut < 0 || redirect.stripQuery() ? "" : target.substring(cut);
        String path = cut < 0 ? target : target.substring(0, cut);
        String whole = redirect.path();
        if (whole != null) {
            return whole.indexOf('?') >= 0 ? whole : whole + query;
        }
        PathRewrite change = rewrite;
        return change == null ? path + query : change.apply(path) + query;
    }
}
