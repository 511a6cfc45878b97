package io.weft.pilot.apiserver;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Watches of the core's kinds as Kubernetes answers them, an event on each line, with what is there already first; the mock's own are WebSockets only.
 *
 * <p>The mock is watched once per kind, for good: its event loop stands still for as long as a minute when a watch ends while an event is on its way.
 */
final class CoreWatches {

    private static final Map<String, String> KINDS = Map.of(
            "services", "Service",
            "pods", "Pod",
            "nodes", "Node",
            "namespaces", "Namespace",
            "secrets", "Secret",
            "configmaps", "ConfigMap",
            "endpointslices", "EndpointSlice");

    private final KubernetesClient client;
    private final Map<String, Visitors> visitors = new ConcurrentHashMap<>();

    CoreWatches(KubernetesClient client) {
        this.client = client;
    }

    /** @param uri of a request to watch */
    Flux<String> lines(String uri) {
        String[] path = uri.substring(1, uri.indexOf('?')).split("/");
        boolean legacy = path[0].equals("api");
        String plural = path[path.length - 1];
        ResourceDefinitionContext kind = new ResourceDefinitionContext.Builder()
                .withGroup(legacy ? "" : path[1])
                .withVersion(path[legacy ? 1 : 2])
                .withPlural(plural)
                .withKind(KINDS.get(plural))
                .withNamespaced(!plural.equals("nodes") && !plural.equals("namespaces"))
                .build();
        int selector = uri.indexOf("metadata.name%3D");
        String only = selector < 0 ? "" : uri.substring(selector + "metadata.name%3D".length()).split("&", 2)[0];
        Visitors all = visitors.computeIfAbsent(plural, any -> new Visitors(kind));
        // The client waits for its answers, which a server's event loop must not.
        return Flux.<String>create(events -> {
                    BiConsumer<Watcher.Action, GenericKubernetesResource> visitor = (action, object) -> {
                        if (only.isEmpty() || only.equals(object.getMetadata().getName())) {
                            events.next(line(action, object));
                        }
                    };
                    events.onDispose(() -> all.leave(visitor));
                    all.enter(visitor);
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private static String line(Watcher.Action action, GenericKubernetesResource object) {
        return "{\"type\": \"" + action + "\", \"object\": " + new KubernetesSerialization().asJson(object) + "}\n";
    }

    /** Who watches one kind. */
    private final class Visitors implements Watcher<GenericKubernetesResource> {

        private final ResourceDefinitionContext kind;
        private final List<BiConsumer<Action, GenericKubernetesResource>> inside = new ArrayList<>();
        private boolean watching;

        Visitors(ResourceDefinitionContext kind) {
            this.kind = kind;
        }

        synchronized void enter(BiConsumer<Action, GenericKubernetesResource> visitor) {
            var objects = client.genericKubernetesResources(kind).inAnyNamespace();
            if (!watching) {
                objects.watch(this);
                watching = true;
            }
            objects.list().getItems().forEach(object -> visitor.accept(Action.MODIFIED, object));
            inside.add(visitor);
        }

        synchronized void leave(BiConsumer<Action, GenericKubernetesResource> visitor) {
            inside.remove(visitor);
        }

        @Override
        public synchronized void eventReceived(Action action, GenericKubernetesResource object) {
            inside.forEach(visitor -> visitor.accept(action, object));
        }

        @Override
        public void onClose(WatcherException ended) {
            // With the mock: nobody is left to hear of it.
        }
    }
}
