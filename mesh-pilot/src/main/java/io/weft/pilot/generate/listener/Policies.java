package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.weft.pilot.model.AuthorizationPolicy;
import io.weft.pilot.model.AuthorizationPolicy.Action;
import io.weft.pilot.model.AuthorizationPolicy.Condition;
import io.weft.pilot.model.AuthorizationPolicy.Operation;
import io.weft.pilot.model.AuthorizationPolicy.Rule;
import io.weft.pilot.model.AuthorizationPolicy.Source;
import io.weft.pilot.routing.Labels;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * AuthorizationPolicies of a workload as Envoy's RBAC: first one filter with every DENY, then one with every ALLOW. Policies of the root namespace, the
 * workload's namespace and its selectors add up; no level precedes another.
 *
 * <p>Ports are decided here, because a listener stands for one workload port; a gateway's goes by the number in users' YAML and by the one it has bound. On a TCP port nothing of HTTP can be seen: an ALLOW rule that asks for
 * it allows nobody, in a DENY rule it is left out, so that the rule denies more (page A.9).
 */
final class Policies {

    private static final String DRY_RUN = "istio.io/dry-run";

    private final List<AuthorizationPolicy> effective;

    private Policies(List<AuthorizationPolicy> effective) {
        this.effective = effective;
    }

    static Policies of(MeshState state, String namespace, Map<String, String> labels) {
        String root = state.settings().rootNamespace();
        return new Policies(state.all(AuthorizationPolicy.class).stream()
                .filter(policy -> policy.namespace().equals(root) || policy.namespace().equals(namespace))
                .filter(policy -> Labels.match(policy.selector(), labels))
                .filter(policy -> !Boolean.parseBoolean(policy.meta().annotations().get(DRY_RUN)))
                .toList());
    }

    /** Filters for HTTP on a port, in their order. */
    List<RBAC> http(Set<Integer> ports) {
        return filters(ports, true);
    }

    /** Filters for bytes on a port, in their order. */
    List<RBAC> tcp(Set<Integer> ports) {
        return filters(ports, false);
    }

    private List<RBAC> filters(Set<Integer> ports, boolean http) {
        List<RBAC> filters = new ArrayList<>();
        List<AuthorizationPolicy> deny = withAction(Action.DENY);
        List<AuthorizationPolicy> allow = withAction(Action.ALLOW);
        if (deny.stream().anyMatch(policy -> !policy.rules().isEmpty())) {
            filters.add(filter(RBAC.Action.DENY, deny, ports, http));
        }
        if (!allow.isEmpty()) {
            // Without any rule nothing matches, and everything is denied.
            filters.add(filter(RBAC.Action.ALLOW, allow, ports, http));
        }
        return filters;
    }

    private List<AuthorizationPolicy> withAction(Action action) {
        return effective.stream()
                .filter(policy -> (policy.action() == null ? Action.ALLOW : policy.action()) == action)
                .toList();
    }

    private static RBAC filter(RBAC.Action action, List<AuthorizationPolicy> policies, Set<Integer> ports, boolean http) {
        RBAC.Builder rbac = RBAC.newBuilder().setAction(action);
        for (AuthorizationPolicy policy : policies) {
            int index = 0;
            for (Rule rule : policy.rules()) {
                String name = "ns[" + policy.namespace() + "]-policy[" + policy.name() + "]-rule[" + index++ + "]";
                RuleReader reader = new RuleReader(policy.namespace(), ports, http, action == RBAC.Action.DENY);
                reader.read(rule).ifPresent(read -> rbac.putPolicies(name, read));
            }
        }
        return rbac.build();
    }

    /** One rule; empty when it can never hold. */
    private static final class RuleReader {

        private final String namespace;
        private final Set<Integer> ports;
        private final boolean http;
        private final boolean deny;
        private boolean impossible;

        RuleReader(String namespace, Set<Integer> ports, boolean http, boolean deny) {
            this.namespace = namespace;
            this.ports = ports;
            this.http = http;
            this.deny = deny;
        }

        Optional<Policy> read(Rule rule) {
            List<Permission> conditionPermissions = new ArrayList<>();
            List<Principal> conditionPrincipals = new ArrayList<>();
            for (Condition condition : rule.when()) {
                condition(condition, conditionPermissions, conditionPrincipals);
            }
            Policy.Builder policy = Policy.newBuilder();
            if (rule.to().isEmpty()) {
                policy.addPermissions(Permissions.allOf(conditionPermissions));
            }
            for (Operation operation : rule.to()) {
                operation(operation).ifPresent(permissions -> {
                    permissions.addAll(conditionPermissions);
                    policy.addPermissions(Permissions.allOf(permissions));
                });
            }
            if (rule.from().isEmpty()) {
                policy.addPrincipals(Principals.allOf(conditionPrincipals));
            }
            for (Source source : rule.from()) {
                source(source).ifPresent(principals -> {
                    principals.addAll(conditionPrincipals);
                    policy.addPrincipals(Principals.allOf(principals));
                });
            }
            boolean never = impossible || policy.getPermissionsCount() == 0 || policy.getPrincipalsCount() == 0;
            return never ? Optional.empty() : Optional.of(policy.build());
        }

        /** Empty: asks for what cannot be, here. */
        private Optional<List<Permission>> operation(Operation operation) {
            List<Permission> all = new ArrayList<>();
            if (!operation.ports().isEmpty() && !names(operation.ports()) || names(operation.notPorts())) {
                return Optional.empty();
            }
            boolean possible = permissions(all, operation.hosts(), operation.notHosts(), Permissions::host)
                    & permissions(all, operation.methods(), operation.notMethods(), Permissions::method)
                    & permissions(all, operation.paths(), operation.notPaths(), Permissions::path);
            return possible ? Optional.of(all) : Optional.empty();
        }

        private boolean names(List<String> named) {
            return named.contains("*") || ports.stream().map(Object::toString).anyMatch(named::contains);
        }

        private boolean permissions(
                List<Permission> all, List<String> values, List<String> notValues, Function<String, Permission> one) {
            if (values.isEmpty() && notValues.isEmpty()) {
                return true;
            }
            if (!http) {
                return leaveOut();
            }
            addPermissions(all, values, notValues, one);
            return true;
        }

        /** On bytes: a DENY rule loses the condition, an ALLOW rule is lost as a whole. */
        private boolean leaveOut() {
            impossible |= !deny;
            return deny;
        }

        private static void addPermissions(
                List<Permission> all, List<String> values, List<String> notValues, Function<String, Permission> one) {
            if (!values.isEmpty()) {
                all.add(Permissions.anyOf(values, one));
            }
            if (!notValues.isEmpty()) {
                all.add(Permissions.not(Permissions.anyOf(notValues, one)));
            }
        }

        private Optional<List<Principal>> source(Source source) {
            List<Principal> all = new ArrayList<>();
            addPrincipals(all, source.principals(), source.notPrincipals(), Principals::principal);
            addPrincipals(all, source.namespaces(), source.notNamespaces(), Principals::namespace);
            addPrincipals(
                    all,
                    source.serviceAccounts(),
                    source.notServiceAccounts(),
                    account -> Principals.serviceAccount(account, namespace));
            addPrincipals(all, source.ipBlocks(), source.notIpBlocks(), Principals::peerAddress);
            addPrincipals(all, source.remoteIpBlocks(), source.notRemoteIpBlocks(), Principals::originalAddress);
            boolean possible = tokens(all, source.requestPrincipals(), source.notRequestPrincipals());
            return possible ? Optional.of(all) : Optional.empty();
        }

        private static void addPrincipals(
                List<Principal> all, List<String> values, List<String> notValues, Function<String, Principal> one) {
            if (!values.isEmpty()) {
                all.add(Principals.anyOf(values, one));
            }
            if (!notValues.isEmpty()) {
                all.add(Principals.not(Principals.anyOf(notValues, one)));
            }
        }

        /**
         * What a token says. Nothing checks tokens at a workload (there is no RequestAuthentication), so no request has any: a value is never there, and it
         * is never a forbidden one. On a TCP port the attribute is one of HTTP like the others.
         */
        private boolean tokens(List<Principal> all, List<String> values, List<String> notValues) {
            if (values.isEmpty() && notValues.isEmpty()) {
                return true;
            }
            if (!http) {
                return leaveOut();
            }
            if (!values.isEmpty()) {
                all.add(Principals.never());
            }
            return true;
        }

        private void condition(Condition condition, List<Permission> permissions, List<Principal> principals) {
            String key = condition.key();
            List<String> values = condition.values();
            List<String> notValues = condition.notValues();
            switch (key) {
                case "source.ip" -> addPrincipals(principals, values, notValues, Principals::peerAddress);
                case "remote.ip" -> addPrincipals(principals, values, notValues, Principals::originalAddress);
                case "source.namespace" -> addPrincipals(principals, values, notValues, Principals::namespace);
                case "source.principal" -> addPrincipals(principals, values, notValues, Principals::principal);
                case "source.trustDomain" -> addPrincipals(principals, values, notValues, Principals::trustDomain);
                case "source.serviceAccount" -> addPrincipals(
                        principals, values, notValues, account -> Principals.serviceAccount(account, namespace));
                case "destination.ip" -> addPermissions(permissions, values, notValues, Permissions::destinationAddress);
                case "connection.sni" -> addPermissions(permissions, values, notValues, Permissions::sni);
                case "destination.port" -> impossible |= !values.isEmpty() && !names(values) || names(notValues);
                default -> otherCondition(key, values, notValues, principals);
            }
        }

        private void otherCondition(String key, List<String> values, List<String> notValues, List<Principal> principals) {
            String header = bracketed(key, "request.headers[");
            if (header != null) {
                if (http) {
                    addPrincipals(principals, values, notValues, value -> Principals.header(header, value));
                } else {
                    leaveOut();
                }
                return;
            }
            boolean token = key.startsWith("request.auth.");
            if (!token) {
                // A key that nobody knows: the rule is not one.
                impossible = true;
                return;
            }
            tokens(principals, values, notValues);
        }

        private static @org.jspecify.annotations.Nullable String bracketed(String key, String start) {
            return key.startsWith(start) && key.endsWith("]") ? key.substring(start.length(), key.length() - 1) : null;
        }
    }
}
