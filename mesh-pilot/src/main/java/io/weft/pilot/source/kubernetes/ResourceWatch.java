package io.weft.pilot.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.weft.pilot.model.cluster.ResourceName;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One list and watch of the API server. It never gives up: what was seen stays until the server says otherwise, however long it is away; after a watch that
 * cannot go on where it was (410) everything is listed again.
 */
final class ResourceWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ResourceWatch.class);

    /** Objects of one answer: a list of all pods at once would be held in memory three times over. */
    private static final long PAGE = 500;

    private final WatchedResource resource;
    private final SharedIndexInformer<GenericKubernetesResource> informer;
    private volatile boolean listed;
    private volatile @Nullable String trouble;

    /** @param only the one object to watch; null: all in all namespaces */
    ResourceWatch(
            KubernetesClient client,
            WatchedResource resource,
            @Nullable ResourceName only,
            Consumer<GenericKubernetesResource> there,
            Consumer<GenericKubernetesResource> gone,
            Runnable listing) {
        this.resource = resource;
        this.informer = watched(client, resource, only).runnableInformer(0);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource object) {
                there.accept(object);
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
                there.accept(object);
            }

            @Override
            public void onDelete(GenericKubernetesResource object, boolean lastStateUnknown) {
                gone.accept(object);
            }

            @Override
            public void onList(String resourceVersion, boolean remainedEmpty) {
                listed = true;
                recovered();
                listing.run();
            }
        });
        informer.exceptionHandler((started, failure) -> {
            failed(failure);
            listing.run();
            return true;
        });
    }

    private static Informable<GenericKubernetesResource> watched(
            KubernetesClient client, WatchedResource resource, @Nullable ResourceName only) {
        MixedOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>> all =
                client.genericKubernetesResources(resource.context());
        return only == null
                ? all.inAnyNamespace().withLimit(PAGE)
                : all.inNamespace(only.namespace()).withName(only.name());
    }

    ResourceWatch start() {
        informer.start();
        return this;
    }

    /** Whether everything there is has been seen once; a custom resource that the server does not know has no objects. */
    boolean isComplete() {
        return listed || resource.optional() && trouble != null && trouble.startsWith(NO_SUCH);
    }

    private static final String NO_SUCH = "the server has no ";

    /** What keeps it from going on; empty when nothing does. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    private void failed(Throwable failure) {
        String text = text(failure);
        if (!text.equals(trouble)) {
            log.warn("{} cannot be watched: {}; what is in force stays, and it is tried again", resource, text);
        }
        trouble = text;
    }

    private String text(Throwable failure) {
        if (failure instanceof KubernetesClientException answer && answer.getCode() > 0) {
            if (answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
                return NO_SUCH + resource + " (404)";
            }
            return answer.getCode() + " " + (answer.getStatus() == null ? answer.getMessage() : answer.getStatus().getMessage());
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }

    private void recovered() {
        if (trouble != null) {
            log.info("{} is watched again", resource);
            trouble = null;
        }
    }

    WatchedResource resource() {
        return resource;
    }

    @Override
    public void close() {
        informer.close();
    }
}
