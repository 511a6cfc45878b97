package io.weft.pilot.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.apiserver.NeedsCluster;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.Problem;
import io.weft.pilot.source.Admission;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A place opened on a cluster for each test; whatever a test does, it asks for no more than its roles allow. */
abstract class NeedsPlace extends NeedsCluster {

    @TempDir
    Path state;

    final AtomicBoolean refusing = new AtomicBoolean();
    OpenedPlace place;

    @BeforeEach
    void open() {
        place = opened();
        await().atMost(PATIENCE).until(() -> place.place.isComplete());
    }

    OpenedPlace opened() {
        return new OpenedPlace(cluster.kubeconfig(), state, admission());
    }

    /** Refuses SpringRoutes while the test says so. */
    Admission admission() {
        return (object, all) -> refusing.get() && object.meta().kind() == Kind.SPRING_ROUTE
                ? List.of(new Problem("spec.filters[0].name", "as the test wants"))
                : List.of();
    }

    @AfterEach
    void close() {
        place.close();
        cluster.openDoor();
        cluster.fails("", 0);
    }

    static String service(String name, String subset) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, namespace: default}
                spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: %s}}]}]}
                """
                .formatted(name, subset);
    }

    static void apply(String yaml) {
        assertThat(cluster.server().apply(yaml)).isEmpty();
    }

    static void delete(String name) {
        cluster.server().delete("/apis/networking.istio.io/v1/namespaces/default/virtualservices/" + name);
    }

    String subset(String name) {
        return place.inForce(Kind.VIRTUAL_SERVICE, "default", name);
    }

    @Test
    void askedIsWhatTheRolesAllow_andNothingElse() {
        Set<String> paths = cluster.requests().stream()
                .map(request -> request.substring("GET ".length()).split("\\?", 2)[0])
                .collect(Collectors.toSet());
        Set<String> allowed = WatchedResource.where(resource -> resource.scope() == WatchedResource.Scope.CLUSTER).stream()
                .map(resource -> (resource.group().isEmpty() ? "/api/" : "/apis/" + resource.group() + "/") + resource.version() + "/" + resource.plural())
                .collect(Collectors.toSet());
        allowed.add("/api/v1/namespaces/istio-system/secrets");
        // Which Kubernetes answers to everybody.
        allowed.add("/version");
        assertThat(allowed).containsAll(paths);
    }
}
