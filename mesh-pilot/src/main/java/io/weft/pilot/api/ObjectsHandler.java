package io.weft.pilot.api;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.parse.JsonReader;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ConfigStore.Outcome;
import io.weft.pilot.source.ConfigStore.Result;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.InadmissibleException;
import io.weft.pilot.state.StateStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** GET, PUT, POST and DELETE of Kubernetes-style objects. */
public final class ObjectsHandler {

    private static final int PATCH_ATTEMPTS = 5;

    private final ConfigStore store;
    private final StateStore states;
    private final SelfRegistered registered;
    private final Runnable inForce;

    /** @param inForce called after a write: returns when the mesh's state holds it */
    public ObjectsHandler(ConfigStore store, StateStore states, Runnable inForce) {
        this.store = store;
        this.states = states;
        this.registered = new SelfRegistered(states);
        this.inForce = inForce;
    }

    /** Answers any request below {@code /api} and {@code /apis}. */
    public Mono<ServerResponse> handle(ServerRequest request) {
        return Answer.to(request, bytes -> answer(request, bytes));
    }

    private Answer answer(ServerRequest request, byte[] bytes) {
        try {
            ObjectPath path = ObjectPath.of(request.requestPath().pathWithinApplication());
            if (path == null) {
                Map<String, ?> discovery = Discovery.document(ObjectPath.parts(request.requestPath().pathWithinApplication()));
                if (discovery != null && isRead(request.method())) {
                    return new Answer(200, discovery);
                }
                throw new ApiException(404, "NotFound", ObjectPath.UNKNOWN);
            }
            return answer(request, path, bytes);
        } catch (ApiException | ConflictException | InadmissibleException | IOException failed) {
            return Answer.failure(Failures.of(failed));
        }
    }

    private Answer answer(ServerRequest request, ObjectPath path, byte[] bytes)
            throws ApiException, ConflictException, InadmissibleException, IOException {
        HttpMethod method = request.method();
        boolean dryRun = request.queryParams().containsKey("dryRun");
        if (isRead(method)) {
            return path.name() == null ? list(path, ListSelection.of(request.queryParams())) : get(path);
        }
        if (path.name() != null && method.equals(HttpMethod.PUT)) {
            return put(request, path, bytes, dryRun);
        }
        if (path.name() != null && method.equals(HttpMethod.PATCH)) {
            return patch(request, path, bytes, dryRun);
        }
        if (path.name() != null && method.equals(HttpMethod.DELETE)) {
            return delete(path, bytes, dryRun);
        }
        if (path.name() == null && path.namespace() != null && method.equals(HttpMethod.POST)) {
            return post(request, path, bytes, dryRun);
        }
        String allowed = path.name() != null ? "GET, PUT, PATCH, DELETE" : path.namespace() != null ? "GET, POST" : "GET";
        ApiException refusal =
                new ApiException(405, "MethodNotAllowed", method + " is not allowed here (expected: " + allowed + ")");
        return new Answer(405, Rendering.status(refusal), HttpHeaders.ALLOW, allowed);
    }

    private static boolean isRead(HttpMethod method) {
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }

    private Answer get(ObjectPath path) throws ApiException {
        ObjectKey key = key(path);
        AcceptedObject object = store.current().objects().get(key);
        if (object != null) {
            return new Answer(200, Rendering.object(object, path.version()));
        }
        if (path.kind().type() == WorkloadEntry.class) {
            WorkloadEntry registered =
                    states.current().get(WorkloadEntry.class, key.namespace(), key.name()).orElse(null);
            if (registered != null) {
                return new Answer(200, Rendering.registered(registered, path.version()));
            }
        }
        throw notFound(key);
    }

    private Answer list(ObjectPath path, ListSelection selection) {
        List<AcceptedObject> objects = new ArrayList<>();
        Map<ObjectKey, AcceptedObject> stored = store.current().objects();
        for (AcceptedObject object : stored.values()) {
            boolean wanted = object.object().meta().kind() == path.kind()
                    && (path.namespace() == null || path.namespace().equals(object.object().namespace()))
                    && selection.includes(object.object().meta());
            if (wanted) {
                objects.add(object);
            }
        }
        objects.sort(Comparator.comparing((AcceptedObject object) -> object.object().namespace())
                .thenComparing(object -> object.object().name()));
        List<Map<String, Object>> items = new ArrayList<>();
        objects.forEach(object -> items.add(Rendering.object(object, path.version())));
        if (path.kind().type() == WorkloadEntry.class) {
            for (WorkloadEntry entry : states.current().all(WorkloadEntry.class)) {
                boolean here = (path.namespace() == null || path.namespace().equals(entry.namespace()))
                        && selection.includes(entry.meta());
                if (here && !stored.containsKey(entry.key())) {
                    items.add(Rendering.registered(entry, path.version()));
                }
            }
        }
        return new Answer(200, Rendering.list(path.kind(), path.version(), states.current().version(), items));
    }

    private Answer put(ServerRequest request, ObjectPath path, byte[] bytes, boolean dryRun)
            throws ApiException, ConflictException, InadmissibleException, IOException {
        Body body = Body.read(bytes, Media.sent(request.exchange().getRequest()), path);
        return written(path, body, Change.write(body.key(), body.document(), body.expectedVersion()), dryRun);
    }

    /** Server-side apply knows one author only: what it sends is the whole object, as with PUT. */
    private Answer patch(ServerRequest request, ObjectPath path, byte[] bytes, boolean dryRun)
            throws ApiException, ConflictException, InadmissibleException, IOException {
        if (Media.isApplyPatch(request.exchange().getRequest())) {
            // kubectl says YAML and sends JSON, in a line longer than YAML's may be.
            Body body = Body.read(bytes, bytes.length > 0 && bytes[0] == '{' ? Media.JSON : Media.YAML, path);
            return written(path, body, Change.write(body.key(), body.document(), body.expectedVersion()), dryRun);
        }
        Object patch = Body.plain(bytes, Media.JSON);
        for (int attempt = 1; ; attempt++) {
            AcceptedObject before = store.current().objects().get(key(path));
            if (before == null) {
                throw notFound(key(path));
            }
            Body body = Body.of(MergePatch.apply(before.document(), patch), path);
            String seen = body.expectedVersion();
            String version = seen == null ? before.object().meta().resourceVersion() : seen;
            try {
                return written(path, body, Change.write(body.key(), body.document(), version), dryRun);
            } catch (ConflictException changed) {
                // Somebody else was faster: the patch counts on top of theirs, unless its author said on top of what.
                if (seen != null || attempt == PATCH_ATTEMPTS) {
                    throw changed;
                }
            }
        }
    }

    private Answer post(ServerRequest request, ObjectPath path, byte[] bytes, boolean dryRun)
            throws ApiException, ConflictException, InadmissibleException, IOException {
        Body body = Body.read(bytes, Media.sent(request.exchange().getRequest()), path);
        return written(path, body, Change.create(body.key(), body.document()), dryRun);
    }

    private Answer written(ObjectPath path, Body body, Change change, boolean dryRun)
            throws ConflictException, InadmissibleException, IOException {
        Outcome outcome = store.change(List.of(change), dryRun).get(0);
        int status = outcome.result() == Result.CREATED ? 201 : 200;
        if (dryRun) {
            return new Answer(status, Rendering.draft(body));
        }
        inForce.run();
        return new Answer(status, Rendering.object(outcome.required(), path.version()));
    }

    private Answer delete(ObjectPath path, byte[] bytes, boolean dryRun)
            throws ApiException, ConflictException, InadmissibleException, IOException {
        ObjectKey key = key(path);
        registered.refuseDeletion(key, store.current());
        Outcome outcome =
                store.change(List.of(Change.delete(key, precondition(bytes))), dryRun).get(0);
        if (outcome.result() == Result.NOT_FOUND) {
            throw notFound(key);
        }
        if (!dryRun) {
            inForce.run();
        }
        return new Answer(200, Rendering.deleted(outcome.required().object()));
    }

    /** The version in a {@code DeleteOptions} body, which may be absent. */
    private static @Nullable String precondition(byte[] bytes) throws ApiException {
        if (bytes.length == 0) {
            return null;
        }
        try {
            Object options = JsonReader.read(new String(bytes, StandardCharsets.UTF_8));
            return options instanceof Map<?, ?> map
                            && map.get("preconditions") instanceof Map<?, ?> preconditions
                            && preconditions.get("resourceVersion") instanceof String version
                    ? version
                    : null;
        } catch (UnreadableException unreadable) {
            throw new ApiException(400, "BadRequest", unreadable.getMessage());
        }
    }

    private static ObjectKey key(ObjectPath path) {
        if (path.namespace() == null || path.name() == null) {
            throw new IllegalStateException("no single object: " + path);
        }
        return new ObjectKey(path.kind(), path.namespace(), path.name());
    }

    private static ApiException notFound(ObjectKey key) {
        return new ApiException(404, "NotFound", key + " not found");
    }
}
