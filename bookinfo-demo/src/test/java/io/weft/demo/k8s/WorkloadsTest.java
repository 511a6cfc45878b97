package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The pods: as restricted as Kubernetes' strictest profile wants them, watched, bounded, and what they name is there. */
@ExtendWith(NeedsKubectl.class)
class WorkloadsTest {

    /** Made by mesh-ca and by Kubernetes in every namespace. */
    private static final Set<String> MADE_BY_OTHERS = Set.of("istio-ca-root-cert", "kube-root-ca.crt");

    /** TLS that asks who is there, and what users publish. */
    private static final Set<Integer> FOR_EVERYBODY = Set.of(8060, 15012, 15019, 8080, 8443);

    /** Listens nowhere. */
    private static final String AGENT = "agent";

    static List<Manifest> deployments() {
        return Manifests.installed("Deployment");
    }

    private static JsonNode spec(Manifest deployment) {
        return deployment.pod().path("spec");
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void podsMayDoNothingBeyondTheirWork(Manifest deployment) {
        JsonNode security = spec(deployment).path("securityContext");
        assertThat(security.path("runAsNonRoot").asBoolean()).isTrue();
        assertThat(security.path("runAsUser").asInt()).isEqualTo(1337);
        assertThat(security.path("runAsGroup").asInt()).isEqualTo(1337);
        assertThat(security.path("fsGroup").asInt()).isEqualTo(1337);
        assertThat(security.path("seccompProfile").path("type").asString()).isEqualTo("RuntimeDefault");
        assertThat(Stream.of("hostNetwork", "hostPID", "hostIPC").filter(spec(deployment)::has)).isEmpty();
        assertThat(spec(deployment).has("initContainers")).isFalse();
        assertThat(deployment.containers()).isNotEmpty().allSatisfy(container -> {
            JsonNode own = container.path("securityContext");
            assertThat(own.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
            assertThat(own.path("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(Manifest.words(own.path("capabilities").path("drop"))).containsExactly("ALL");
            assertThat(own.path("capabilities").has("add")).isFalse();
            assertThat(own.has("privileged")).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void aTokenForTheApiServerIsOnlyWhereSomebodyTalksToIt(Manifest deployment) {
        boolean automatic = spec(deployment).path("automountServiceAccountToken").asBoolean(true);
        Set<String> holders = new TreeSet<>();
        deployment.containers().stream()
                .filter(container -> automatic
                        || Manifest.items(container.path("volumeMounts")).stream()
                                .anyMatch(mount -> mount.path("mountPath").asString().equals("/var/run/secrets/kubernetes.io/serviceaccount")))
                .forEach(container -> holders.add(container.path("image").asString().replaceAll("weft/|:.*", "")));
        assertThat(holders).isSubsetOf("mesh-ca", "mesh-pilot");
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void everyContainerIsBounded_andWatchedWhereItServes(Manifest deployment) {
        assertThat(deployment.containers()).allSatisfy(container -> {
            JsonNode resources = container.path("resources");
            assertThat(resources.path("requests").has("cpu")).isTrue();
            assertThat(resources.path("requests").has("memory")).isTrue();
            assertThat(resources.path("limits").has("memory")).isTrue();
            boolean serves = !container.path("name").asString().equals(AGENT);
            assertThat(container.has("ports")).isEqualTo(serves);
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                assertThat(container.has(probe)).as(probe).isEqualTo(serves);
            }
            assertThat(container.path("imagePullPolicy").asString()).isEqualTo("IfNotPresent");
        });
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void probesAskPortsOfTheirContainer(Manifest deployment) {
        for (JsonNode container : deployment.containers()) {
            Set<String> ports = ports(List.of(container));
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                Stream.of("httpGet", "tcpSocket").map(container.path(probe)::path).filter(way -> way.has("port")).forEach(way ->
                        assertThat(ports).as(probe).contains(way.path("port").asString()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void portsAreThereOnce(Manifest deployment) {
        List<String> numbers = new ArrayList<>();
        List<String> names = new ArrayList<>();
        deployment.containers().forEach(container -> container.path("ports").forEach(port -> {
            numbers.add(port.path("containerPort").asString());
            names.add(port.path("name").asString());
        }));
        assertThat(numbers).doesNotHaveDuplicates();
        assertThat(names).doesNotHaveDuplicates().allMatch(name -> !name.isEmpty() && name.length() <= 15);
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void whatIsMountedIsAVolume_andEveryVolumeIsMounted(Manifest deployment) {
        Set<String> volumes = new TreeSet<>();
        spec(deployment).path("volumes").forEach(volume -> assertThat(volumes.add(volume.path("name").asString())).isTrue());
        Set<String> mounted = new TreeSet<>();
        for (JsonNode container : deployment.containers()) {
            Set<String> paths = new HashSet<>();
            container.path("volumeMounts").forEach(mount -> {
                mounted.add(mount.path("name").asString());
                assertThat(paths.add(mount.path("mountPath").asString())).isTrue();
            });
            assertThat(paths).as("Netty unpacks native libraries there").contains("/tmp");
        }
        assertThat(mounted).isEqualTo(volumes);
        spec(deployment).path("volumes").forEach(volume -> {
            if (volume.has("emptyDir")) {
                assertThat(volume.path("emptyDir").has("sizeLimit")).as("size of %s", volume.path("name")).isTrue();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void configMapsAndAccountsAreThere(Manifest deployment) {
        Set<String> maps = new TreeSet<>(MADE_BY_OTHERS);
        Manifests.installed("ConfigMap").stream().filter(each -> each.namespace().equals(deployment.namespace())).forEach(each -> maps.add(each.name()));
        Set<String> named = new TreeSet<>();
        spec(deployment).findValues("configMap").forEach(each -> named.add(each.path("name").asString()));
        spec(deployment).findValues("configMapRef").forEach(each -> named.add(each.path("name").asString()));
        spec(deployment).findValues("configMapKeyRef").forEach(each -> named.add(each.path("name").asString()));
        assertThat(maps).containsAll(named);
        assertThat(spec(deployment).findValues("secret")).as("Secrets").isEmpty();
        assertThat(Manifests.installed("ServiceAccount"))
                .anyMatch(each -> each.namespace().equals(deployment.namespace()) && each.name().equals(spec(deployment).path("serviceAccountName").asString()));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void selectsItsOwnPods_andNobodyElses(Manifest deployment) {
        JsonNode selector = deployment.spec().path("selector").path("matchLabels");
        assertThat(selector.isEmpty()).isFalse();
        List<Manifest> selected = deployments().stream()
                .filter(each -> each.namespace().equals(deployment.namespace()) && each.isSelectedBy(selector))
                .toList();
        assertThat(selected).extracting(Manifest::name).containsExactly(deployment.name());
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void noVariablesOfServices(Manifest deployment) {
        assertThat(spec(deployment).path("enableServiceLinks").asBoolean(true))
                .as("a Service's name must not become a setting")
                .isFalse();
    }

    static List<Manifest> services() {
        return Manifests.installed("Service");
    }

    @ParameterizedTest
    @MethodSource("services")
    void aServicesPortIsAPortOfItsPods(Manifest service) {
        List<Manifest> pods = deployments().stream()
                .filter(each -> each.namespace().equals(service.namespace()) && each.isSelectedBy(service.spec().path("selector")))
                .toList();
        assertThat(pods).isNotEmpty().allSatisfy(each -> {
            Set<String> ports = ports(each.containers());
            service.spec().path("ports").forEach(port -> assertThat(ports).contains(port.path("targetPort").asString()));
        });
    }

    static List<Manifest> budgets() {
        return Stream.concat(Manifests.installed("PodDisruptionBudget").stream(), Manifests.installed("NetworkPolicy").stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("budgets")
    void aBudgetOrPolicyIsAboutPodsThatAreThere(Manifest object) {
        JsonNode selector = object.spec().path(object.kind().equals("NetworkPolicy") ? "podSelector" : "selector").path("matchLabels");
        List<Manifest> pods = deployments().stream()
                .filter(each -> each.namespace().equals(object.namespace()) && each.isSelectedBy(selector))
                .toList();
        assertThat(pods).hasSize(1);
        Set<String> ports = ports(pods.get(0).containers());
        object.spec().path("ingress").forEach(rule -> rule.path("ports").forEach(port -> assertThat(ports).contains(port.path("port").asString())));
        if (object.kind().equals("PodDisruptionBudget")) {
            assertThat(pods.get(0).spec().path("replicas").asInt()).as("else no node could be emptied").isGreaterThan(object.spec().path("minAvailable").asInt());
        }
    }

    @Test
    void everyPodOfTheControlPlaneHasAPolicyForItsPorts() {
        List<Manifest> policies = Manifests.installed("NetworkPolicy");
        assertThat(deployments().stream().filter(each -> each.namespace().equals("istio-system")))
                .isNotEmpty()
                .allMatch(each -> policies.stream().anyMatch(policy -> each.isSelectedBy(policy.spec().path("podSelector").path("matchLabels"))));
    }

    @Test
    void noGatewayReachesAPageWithoutAuthentication() {
        List<Manifest> gateways = deployments().stream().filter(each -> each.name().endsWith("gateway")).toList();
        assertThat(gateways).hasSize(2);
        for (Manifest policy : Manifests.installed("NetworkPolicy")) {
            for (JsonNode rule : policy.spec().path("ingress")) {
                if (rule.has("from")) {
                    assertThat(rule.path("from")).as("%s", policy).allSatisfy(peer -> assertThat(gateways).noneMatch(each -> isMatched(each, peer.path("podSelector"))));
                } else {
                    assertThat(rule.path("ports")).as("%s, for everybody", policy).allMatch(port -> FOR_EVERYBODY.contains(port.path("port").asInt()));
                }
            }
        }
    }

    /** As far as the manifests' selectors go. */
    private static boolean isMatched(Manifest deployment, JsonNode selector) {
        JsonNode labels = deployment.pod().path("metadata").path("labels");
        return deployment.isSelectedBy(selector.path("matchLabels"))
                && Manifest.items(selector.path("matchExpressions")).stream().allMatch(expression -> {
                    assertThat(expression.path("operator").asString()).isEqualTo("NotIn");
                    return Manifest.words(expression.path("values")).noneMatch(labels.path(expression.path("key").asString()).asString()::equals);
                });
    }

    @Test
    void operatorsFindThePartsByTheirLabels() {
        assertThat(labelled("pilot")).containsExactly("istio-pilot");
        assertThat(labelled("citadel")).containsExactly("istio-citadel");
        assertThat(labelled("mixer")).containsExactly("istio-telemetry");
        assertThat(labelled("ingressgateway")).containsExactly("istio-ingressgateway");
        assertThat(labelled("egressgateway")).containsExactly("istio-egressgateway");
    }

    private static List<String> labelled(String istio) {
        return deployments().stream()
                .filter(each -> each.namespace().equals("istio-system"))
                .filter(each -> each.pod().path("metadata").path("labels").path("istio").asString().equals(istio))
                .map(Manifest::name)
                .toList();
    }

    /** Numbers and names. */
    private static Set<String> ports(List<JsonNode> containers) {
        Set<String> ports = new TreeSet<>();
        containers.forEach(container -> container.path("ports").forEach(port -> {
            ports.add(port.path("containerPort").asString());
            ports.add(port.path("name").asString());
        }));
        return ports;
    }
}
