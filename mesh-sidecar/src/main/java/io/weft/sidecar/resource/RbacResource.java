package io.weft.sidecar.resource;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's {@code RBAC}. {@code rules} null: everything is allowed. {@code shadowRules} are only counted.
 */
public record RbacResource(@Nullable Rules rules, @Nullable Rules shadowRules) implements HttpFilterResource {

    /** {@code LOG} never decides. */
    public enum Action {
        ALLOW,
        DENY,
        LOG
    }

    /** Policies by name; a request matches when one policy does. */
    public record Rules(Action action, Map<String, Policy> policies) {
        public Rules {
            policies = Map.copyOf(policies);
        }
    }

    /** Matches when one permission and one principal match. */
    public record Policy(List<Permission> permissions, List<Principal> principals) {
        public Policy {
            permissions = List.copyOf(permissions);
            principals = List.copyOf(principals);
        }
    }

    /** What is done. */
    public sealed interface Permission {
        record Any() implements Permission {}

        record And(List<Permission> all) implements Permission {}

        record Or(List<Permission> any) implements Permission {}

        record Not(Permission not) implements Permission {}

        record Header(HeaderMatch match) implements Permission {}

        /** Path without query and fragment. */
        record UrlPath(StringMatch match) implements Permission {}

        /** Envoy's {@code uri_template}: {@code {*}} one segment, {@code {**}} the rest. */
        record UriTemplate(String template) implements Permission {}

        record DestinationIp(CidrRange range) implements Permission {}

        record DestinationPort(int port) implements Permission {}

        /** Half-open: start ≤ port &lt; end. */
        record DestinationPortRange(int start, int end) implements Permission {}

        record RequestedServerName(StringMatch match) implements Permission {}
    }

    /** Who does it. */
    public sealed interface Principal {
        record Any() implements Principal {}

        record And(List<Principal> all) implements Principal {}

        record Or(List<Principal> any) implements Principal {}

        record Not(Principal not) implements Principal {}

        /** The peer presented a verified certificate whose URI SAN (else DNS SAN, else subject) matches; null: any certificate. */
        record Authenticated(@Nullable StringMatch name) implements Principal {}

        /** The peer of the TCP connection (after PROXY protocol): Envoy's {@code source_ip} and {@code direct_remote_ip}. */
        record DirectRemoteIp(CidrRange range) implements Principal {}

        /** The client by {@code x-forwarded-for} as far as it is trusted. */
        record RemoteIp(CidrRange range) implements Principal {}

        record Header(HeaderMatch match) implements Principal {}

        record UrlPath(StringMatch match) implements Principal {}
    }
}
