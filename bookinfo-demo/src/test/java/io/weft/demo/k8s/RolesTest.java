package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.source.kubernetes.WatchedResource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Who may do what at the API server: what mesh-pilot and mesh-ca do there, and nothing more. */
@ExtendWith(NeedsKubectl.class)
class RolesTest {

    static List<Manifest> roles() {
        return Stream.of("ClusterRole", "Role").flatMap(kind -> Manifests.installed(kind).stream()).toList();
    }

    static List<Manifest> bindings() {
        return Stream.of("ClusterRoleBinding", "RoleBinding").flatMap(kind -> Manifests.installed(kind).stream()).toList();
    }

    /** {@code verb resource.group[=name]}, one by one. */
    private static Set<String> allowed(String kind, String name) {
        Set<String> allowed = new TreeSet<>();
        Manifests.installed(kind).stream().filter(each -> each.name().equals(name)).forEach(role -> role.json().path("rules").forEach(rule ->
                Manifest.words(rule.path("verbs")).forEach(verb -> Manifest.words(rule.path("apiGroups")).forEach(group ->
                        Manifest.words(rule.path("resources")).forEach(resource -> {
                            String what = verb + " " + resource + (group.isEmpty() ? "" : "." + group);
                            if (rule.has("resourceNames")) {
                                Manifest.words(rule.path("resourceNames")).forEach(each -> allowed.add(what + "=" + each));
                            } else {
                                allowed.add(what);
                            }
                        })))));
        return allowed;
    }

    private static Set<String> read(WatchedResource.Scope scope) {
        Set<String> read = new TreeSet<>();
        for (WatchedResource resource : WatchedResource.values()) {
            if (resource.scope() == scope) {
                resource.verbs().forEach(verb -> read.add(verb + " " + resource.plural() + (resource.group().isEmpty() ? "" : "." + resource.group())));
            }
        }
        return read;
    }

    @Test
    void meshPilotMayDoWhatItDoes() {
        assertThat(allowed("ClusterRole", "istio-pilot-istio-system")).isEqualTo(read(WatchedResource.Scope.CLUSTER));
        Set<String> here = read(WatchedResource.Scope.ROOT_NAMESPACE);
        // Spring Cloud Kubernetes: its settings.
        here.addAll(List.of("get configmaps=mesh-pilot", "get configmaps=mesh-pilot-default"));
        assertThat(allowed("Role", "istio-pilot")).isEqualTo(here);
    }

    @Test
    void meshCaMayAskWhoTokensAre_keepItsKey_andHandOutItsRoot() {
        assertThat(allowed("ClusterRole", "istio-citadel-istio-system"))
                .containsExactlyInAnyOrder(
                        "create tokenreviews.authentication.k8s.io",
                        "list namespaces",
                        "watch namespaces",
                        "create configmaps",
                        "get configmaps=istio-ca-root-cert",
                        "list configmaps=istio-ca-root-cert",
                        "watch configmaps=istio-ca-root-cert",
                        "patch configmaps=istio-ca-root-cert");
        assertThat(allowed("Role", "istio-citadel"))
                .containsExactlyInAnyOrder("create secrets", "get secrets=istio-ca-secret", "update secrets=istio-ca-secret");
    }

    @ParameterizedTest
    @MethodSource("roles")
    void nothingIsAllowedByStar(Manifest role) {
        role.json().path("rules").forEach(rule -> {
            assertThat(Stream.of("apiGroups", "resources", "verbs").flatMap(field -> Manifest.words(rule.path(field)))).isNotEmpty().doesNotContain("*");
            assertThat(rule.has("nonResourceURLs")).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("bindings")
    void aBindingGivesARoleThatIsThere_toAnAccountThatIsThere(Manifest binding) {
        JsonNode role = binding.json().path("roleRef");
        assertThat(roles()).anyMatch(each -> each.kind().equals(role.path("kind").asString())
                && each.name().equals(role.path("name").asString())
                && (each.kind().equals("ClusterRole") || each.namespace().equals(binding.namespace())));
        assertThat(Manifest.items(binding.json().path("subjects"))).singleElement().satisfies(subject -> {
            assertThat(subject.path("kind").asString()).isEqualTo("ServiceAccount");
            assertThat(Manifests.installed("ServiceAccount"))
                    .anyMatch(each -> each.name().equals(subject.path("name").asString()) && each.namespace().equals(subject.path("namespace").asString()));
        });
    }

    @Test
    void onlyTheTwoThatTalkToTheApiServerHaveARole() {
        Set<String> bound = new TreeSet<>();
        bindings().forEach(each -> each.json().path("subjects").forEach(subject -> bound.add(subject.path("name").asString())));
        assertThat(bound).containsExactly("mesh-ca", "mesh-pilot");
        assertThat(roles()).hasSameSizeAs(bindings());
    }
}
