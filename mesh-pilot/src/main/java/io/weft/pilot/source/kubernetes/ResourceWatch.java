package io.weft.pilot.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ExceptionHandler;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.weft.pilot.model.cluster.ResourceName;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One list and watch of the API server. It never gives up: what was seen stays until the server says otherwise, however long it is away; after a watch that
 * cannot go on where it was (410) everything is listed again.
 */
final class ResourceWatch implements AutoCloseable {

    /** Objects of one answer: a list of all pods at once would be held in memory three times over. */
    private static final long PAGE = 500;

    private static final String NO_SUCH = "the server has no ";

    /** Answers that asking again does not change. */
    private static final Set<Integer> STAYS = Set.of(HttpURLConnection.HTTP_FORBIDDEN, HttpURLConnection.HTTP_NOT_FOUND);

    private final WatchedResource resource;
    private final @Nullable ResourceName only;
    private final Consumer<GenericKubernetesResource> there;
    private final Consumer<GenericKubernetesResource> gone;
    private final Runnable looked;
    private final SeenVersions seen = new SeenVersions();
    private volatile @Nullable Connected connected;
    private volatile boolean listed;
    private volatile @Nullable String trouble;
    private volatile boolean denied;

    /**
     * A watch that has not begun.
     *
     * @param only the one object to watch; null: all in all namespaces
     * @param looked called when everything has been listed, and when that, or the watch, has failed
     */
    ResourceWatch(
            WatchedResource resource,
            @Nullable ResourceName only,
            Consumer<GenericKubernetesResource> there,
            Consumer<GenericKubernetesResource> gone,
            Runnable looked) {
        this.resource = resource;
        this.only = only;
        this.there = there;
        this.gone = gone;
        this.looked = looked;
    }

    /** Lists and watches through this client from now on, and no more through another one; what was seen through that counts on. */
    ResourceWatch connect(KubernetesClient client) {
        close();
        Connected now = new Connected(watched(client, resource, only).runnableInformer(0));
        connected = now;
        now.informer.start();
        return this;
    }

    /** What comes through one client: nothing does any more once there is another. */
    private final class Connected implements ResourceEventHandler<GenericKubernetesResource>, ExceptionHandler {

        private final SharedIndexInformer<GenericKubernetesResource> informer;

        Connected(SharedIndexInformer<GenericKubernetesResource> informer) {
            this.informer = informer;
            informer.itemStore(seen);
            informer.addEventHandler(this);
            informer.exceptionHandler(this);
        }

        private void ifStill(Runnable step) {
            if (connected == this) {
                step.run();
            }
        }

        @Override
        public void onAdd(GenericKubernetesResource object) {
            ifStill(() -> there.accept(object));
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
            ifStill(() -> there.accept(object));
        }

        @Override
        public void onDelete(GenericKubernetesResource object, boolean lastStateUnknown) {
            ifStill(() -> gone.accept(object));
        }

        @Override
        public void onList(String resourceVersion, boolean remainedEmpty) {
            ifStill(() -> {
                listed = true;
                trouble = null;
                denied = false;
                looked.run();
            });
        }

        @Override
        public boolean retryAfterException(boolean started, Throwable failure) {
            ifStill(() -> {
                Throwable why = root(failure);
                denied = isAnswer(why) && STAYS.contains(((KubernetesClientException) why).getCode());
                trouble = text(why);
                looked.run();
            });
            return true;
        }
    }

    private static Informable<GenericKubernetesResource> watched(
            KubernetesClient client, WatchedResource resource, @Nullable ResourceName only) {
        MixedOperation<GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>> all =
                client.genericKubernetesResources(resource.context());
        return only == null
                ? all.inAnyNamespace().withLimit(PAGE)
                : all.inNamespace(only.namespace()).withName(only.name());
    }

    /** Whether everything there is has been seen once; a custom resource that the server does not know has no objects. */
    boolean isComplete() {
        return listed || resource.optional() && trouble != null && trouble.startsWith(NO_SUCH);
    }

    /** What keeps it from going on; empty when nothing does. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Whether the server has said no for good: to wait for another answer is to wait for an operator. */
    boolean isDenied() {
        return denied;
    }

    /** What the server has said, if it has said anything. */
    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !isAnswer(cause)) {
            cause = cause.getCause();
        }
        return cause;
    }

    private String text(Throwable cause) {
        if (!isAnswer(cause)) {
            return cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
        }
        KubernetesClientException answer = (KubernetesClientException) cause;
        if (answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
            return NO_SUCH + resource + " (404)";
        }
        return answer.getCode() + " " + (answer.getStatus() == null ? answer.getMessage() : answer.getStatus().getMessage());
    }

    private static boolean isAnswer(Throwable failure) {
        return failure instanceof KubernetesClientException answer && answer.getCode() > 0;
    }

    WatchedResource resource() {
        return resource;
    }

    @Override
    public void close() {
        Connected before = connected;
        connected = null;
        if (before != null) {
            before.informer.close();
        }
    }
}
