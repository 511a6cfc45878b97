package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what.
 *
 * @param selector labels in its namespace; null is namespace-wide, and mesh-wide in the root namespace
 * @param rules none under ALLOW denies everything; a rule without fields matches everything
 * @param action unset is ALLOW
 */
public record AuthorizationPolicy(
        ObjectMeta meta, @Nullable Map<String, String> selector, List<Rule> rules, @Nullable Action action)
        implements ConfigObject {

    public AuthorizationPolicy {
        selector = selector == null ? null : Copies.ordered(selector);
        rules = List.copyOf(rules);
    }

    @Override
    public AuthorizationPolicy withMeta(ObjectMeta newMeta) {
        return new AuthorizationPolicy(newMeta, selector, rules, action);
    }

    public enum Action {
        ALLOW,
        DENY,
        AUDIT
    }

    /** One of {@code from}, one of {@code to} and all of {@code when} must hold; an empty list always holds. */
    public record Rule(List<Source> from, List<Operation> to, List<Condition> when) {

        public Rule {
            from = List.copyOf(from);
            to = List.copyOf(to);
            when = List.copyOf(when);
        }
    }

    /** Within a field one value must hold, between fields all; {@code notX} negates. */
    public record Source(
            List<String> principals,
            List<String> notPrincipals,
            List<String> requestPrincipals,
            List<String> notRequestPrincipals,
            List<String> namespaces,
            List<String> notNamespaces,
            List<String> ipBlocks,
            List<String> notIpBlocks,
            List<String> remoteIpBlocks,
            List<String> notRemoteIpBlocks,
            List<String> serviceAccounts,
            List<String> notServiceAccounts) {}

    /** As {@link Source}. Ports are decimal strings. */
    public record Operation(
            List<String> hosts,
            List<String> notHosts,
            List<String> ports,
            List<String> notPorts,
            List<String> methods,
            List<String> notMethods,
            List<String> paths,
            List<String> notPaths) {}

    /** An attribute and the values it must, or must not, have. */
    public record Condition(String key, List<String> values, List<String> notValues) {}
}
