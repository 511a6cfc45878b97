package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.validate.Validator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Every object fits its kind: custom resources our own schemas and mesh-pilot, the others the types of Kubernetes' API, without an unknown field. */
@ExtendWith(NeedsKubectl.class)
class ObjectsTest {

    private static final Map<String, Class<? extends HasMetadata>> TYPES = Map.ofEntries(
            Map.entry("v1 Namespace", Namespace.class),
            Map.entry("v1 ServiceAccount", ServiceAccount.class),
            Map.entry("v1 Service", Service.class),
            Map.entry("v1 ConfigMap", ConfigMap.class),
            Map.entry("apps/v1 Deployment", Deployment.class),
            Map.entry("policy/v1 PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class),
            Map.entry("rbac.authorization.k8s.io/v1 ClusterRole", ClusterRole.class),
            Map.entry("rbac.authorization.k8s.io/v1 ClusterRoleBinding", ClusterRoleBinding.class),
            Map.entry("rbac.authorization.k8s.io/v1 Role", Role.class),
            Map.entry("rbac.authorization.k8s.io/v1 RoleBinding", RoleBinding.class),
            Map.entry("apiextensions.k8s.io/v1 CustomResourceDefinition", CustomResourceDefinition.class));

    /** The types take what they do not know into a map of their own; here that is an error. */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    static List<Manifest> kubernetesOwn() {
        return Manifests.installed().stream().filter(each -> !Definitions.has(each)).toList();
    }

    static List<Manifest> custom() {
        return Manifests.installed().stream().filter(Definitions::has).toList();
    }

    @ParameterizedTest
    @MethodSource("kubernetesOwn")
    void anObjectOfKubernetesHasOnlyFieldsThatItsKindHas(Manifest object) throws JsonProcessingException {
        Class<? extends HasMetadata> type = TYPES.get(object.apiVersion() + " " + object.kind());
        assertThat(type).as("a kind that an API server has: %s %s", object.apiVersion(), object.kind()).isNotNull();
        HasMetadata typed = STRICT.readValue(object.json().toString(), type);
        assertThat(typed.getMetadata().getName()).isEqualTo(object.name());
    }

    @ParameterizedTest
    @MethodSource("custom")
    void anObjectOfOurKindsFitsItsSchema_andMeshPilotTakesIt(Manifest object) {
        assertThat(Definitions.problems(object)).isEmpty();
        ParseOutcome outcome = ObjectParser.parse(Values.changeable(new JsonMapper().treeToValue(object.json(), Object.class)));
        assertThat(outcome.problems()).isEmpty();
        assertThat(Validator.validate(outcome.object())).isEmpty();
    }
}
