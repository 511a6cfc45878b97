package io.weft.pilot.source.kubernetes;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** A place that reads from an API server, and how often it said that something changed. */
final class OpenedPlace implements AutoCloseable {

    final KubernetesPlace place;
    final AtomicInteger changes = new AtomicInteger();
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

    OpenedPlace(Path kubeconfig, Path state, Admission admission) {
        this(new KubernetesPlace.Server(kubeconfig, "", Duration.ofSeconds(10)), state, admission);
    }

    OpenedPlace(KubernetesPlace.Server server, Path state, Admission admission) {
        try {
            place = KubernetesPlace.open(server, state, "istio-system", admission, executor, changes::incrementAndGet);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        place.start();
    }

    Optional<AcceptedObject> object(Kind kind, String namespace, String name) {
        return Optional.ofNullable(place.store().current().objects().get(new ObjectKey(kind, namespace, name)));
    }

    /** The document in force, as text; empty if there is none. */
    String inForce(Kind kind, String namespace, String name) {
        return object(kind, namespace, name).map(object -> object.document().toString()).orElse("");
    }

    Optional<Refusal> refusal(String name) {
        return place.store().current().refusals().stream()
                .filter(refusal -> refusal.key() != null && refusal.key().name().equals(name))
                .findFirst();
    }

    @Override
    public void close() {
        place.close();
        executor.shutdownNow();
    }
}
