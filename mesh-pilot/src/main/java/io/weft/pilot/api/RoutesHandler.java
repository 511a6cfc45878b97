package io.weft.pilot.api;

import io.weft.pilot.model.Names;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.registry.spring.SpringAdmission;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ConfigStore.Outcome;
import io.weft.pilot.source.ConfigStore.Result;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.InadmissibleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.util.UriUtils;
import reactor.core.publisher.Mono;

/**
 * {@code /weft/v1/routes}: SpringRoutes in the shape of Spring Cloud Gateway's Actuator endpoint. What is written here becomes an object in the folder like
 * any other. An id is looked for in every namespace unless {@code ?namespace=} names one; a new route belongs to the root namespace then.
 */
public final class RoutesHandler {

    private final ConfigStore store;
    private final RouteView view;
    private final String rootNamespace;
    private final Runnable inForce;

    /** @param inForce called after a write: returns when the mesh's state holds it */
    public RoutesHandler(ConfigStore store, RouteView view, String rootNamespace, Runnable inForce) {
        this.store = store;
        this.view = view;
        this.rootNamespace = rootNamespace;
        this.inForce = inForce;
    }

    /** The routes of one place. @param id null: of all */
    private record Where(@Nullable String id, @Nullable String namespace) {}

    /** Answers any request to {@code /weft/v1/routes} and {@code /weft/v1/routes/{id}}. */
    public Mono<ServerResponse> handle(ServerRequest request) {
        return Answer.to(request, bytes -> answer(request, bytes));
    }

    private Answer answer(ServerRequest request, byte[] bytes) {
        try {
            Where where = where(request);
            boolean dryRun = request.queryParams().containsKey("dryRun");
            HttpMethod method = request.method();
            if (method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD)) {
                return where.id() == null ? list(where) : new Answer(200, view.of(existing(where)));
            }
            if (method.equals(HttpMethod.POST)) {
                return post(read(request, bytes, where), where, dryRun);
            }
            if (where.id() != null && method.equals(HttpMethod.PUT)) {
                return put(read(request, bytes, where), where, dryRun);
            }
            if (where.id() != null && method.equals(HttpMethod.DELETE)) {
                return delete(where, dryRun);
            }
            String allowed = where.id() == null ? "GET, POST" : "GET, POST, PUT, DELETE";
            ApiException refusal =
                    new ApiException(405, "MethodNotAllowed", method + " is not allowed here (expected: " + allowed + ")");
            return new Answer(405, Rendering.status(refusal), HttpHeaders.ALLOW, allowed);
        } catch (ApiException | ConflictException | IOException failed) {
            return Answer.failure(Failures.of(failed));
        }
    }

    private static Where where(ServerRequest request) throws ApiException {
        String namespace = request.queryParam("namespace").orElse(null);
        if (namespace != null && !Names.isLabel(namespace)) {
            throw new ApiException(400, "BadRequest", "namespace " + Problem.shown(namespace) + " (expected: " + Names.LABEL + ")");
        }
        return new Where(request.pathVariables().get("id"), namespace);
    }

    private static List<RouteBody> read(ServerRequest request, byte[] bytes, Where where) throws ApiException {
        return RouteBody.read(bytes, Media.sent(request.exchange().getRequest()), where.id());
    }

    private Answer list(Where where) {
        List<AcceptedObject> routes = routes(where);
        routes.sort(Comparator.comparingInt((AcceptedObject each) -> route(each).orderOrDefault())
                .thenComparing(each -> route(each).meta().creationTimestamp())
                .thenComparing(each -> route(each).namespace() + "/" + route(each).name()));
        return new Answer(200, view.of(routes));
    }

    private List<AcceptedObject> routes(Where where) {
        List<AcceptedObject> routes = new ArrayList<>();
        for (AcceptedObject object : store.current().objects().values()) {
            if (object.object() instanceof SpringRoute route
                    && (where.id() == null || where.id().equals(route.routeId()))
                    && (where.namespace() == null || where.namespace().equals(route.namespace()))) {
                routes.add(object);
            }
        }
        return routes;
    }

    private static SpringRoute route(AcceptedObject object) {
        return (SpringRoute) object.object();
    }

    private @Nullable AcceptedObject only(Where where) throws ApiException {
        List<AcceptedObject> routes = routes(where);
        if (routes.size() > 1) {
            List<ObjectKey> keys = routes.stream().map(each -> each.object().key()).toList();
            throw new ApiException(
                    409, "Conflict", "several have this id: " + keys + " (expected: ?namespace=, or /apis/gateway.weft.io for one of a name)");
        }
        return routes.isEmpty() ? null : routes.get(0);
    }

    private AcceptedObject existing(Where where) throws ApiException {
        AcceptedObject found = only(where);
        if (found == null) {
            String place = where.namespace() == null ? "" : " in namespace " + where.namespace();
            throw new ApiException(404, "NotFound", "there is no route " + Problem.shown(String.valueOf(where.id())) + place);
        }
        return found;
    }

    private Answer post(List<RouteBody> bodies, Where where, boolean dryRun) throws ApiException, ConflictException, IOException {
        List<Change> changes = new ArrayList<>();
        Set<ObjectKey> taken = new HashSet<>(store.current().objects().keySet());
        for (RouteBody body : bodies) {
            ObjectKey key = body.key(namespace(where), taken);
            taken.add(key);
            SpringRoute route = body.route(key, null);
            ObjectKey holder = SpringAdmission.holder(
                    route, store.current().objects().values().stream().map(AcceptedObject::object).toList());
            if (holder != null) {
                throw new ApiException(409, "AlreadyExists", "route " + Problem.shown(body.id()) + " exists already: " + holder);
            }
            changes.add(Change.create(key, body.document(key, null)));
        }
        List<Outcome> outcomes = change(changes, bodies, dryRun);
        if (dryRun) {
            return new Answer(201, RouteView.drafts(bodies));
        }
        List<AcceptedObject> made = outcomes.stream().map(Outcome::required).toList();
        Object shown = bodies.get(0).place().isEmpty() ? view.of(made.get(0)) : view.of(made);
        return made.size() == 1 ? new Answer(201, shown, HttpHeaders.LOCATION, location(route(made.get(0)))) : new Answer(201, shown);
    }

    private Answer put(List<RouteBody> bodies, Where where, boolean dryRun) throws ApiException, ConflictException, IOException {
        RouteBody body = bodies.get(0);
        AcceptedObject before = only(where);
        ObjectKey key = before == null
                ? body.key(namespace(where), store.current().objects().keySet())
                : before.object().key();
        body.route(key, before);
        Change change = Change.write(key, body.document(key, before), body.expectedVersion());
        Outcome outcome = change(List.of(change), bodies, dryRun).get(0);
        int status = outcome.result() == Result.CREATED ? 201 : 200;
        if (dryRun) {
            return new Answer(status, RouteView.drafts(bodies));
        }
        AcceptedObject made = outcome.required();
        return status == 201
                ? new Answer(201, view.of(made), HttpHeaders.LOCATION, location(route(made)))
                : new Answer(200, view.of(made));
    }

    private Answer delete(Where where, boolean dryRun) throws ApiException, ConflictException, IOException {
        AcceptedObject found = existing(where);
        change(List.of(Change.delete(found.object().key(), null)), List.of(), dryRun);
        return new Answer(200, Rendering.deleted(found.object()));
    }

    private List<Outcome> change(List<Change> changes, List<RouteBody> bodies, boolean dryRun)
            throws ApiException, ConflictException, IOException {
        try {
            List<Outcome> outcomes = store.change(changes, dryRun);
            if (!dryRun) {
                inForce.run();
            }
            return outcomes;
        } catch (InadmissibleException inadmissible) {
            ApiException invalid = Failures.invalid(inadmissible, index -> bodies.get(index).place());
            throw new ApiException(422, "Invalid", String.valueOf(invalid.getMessage()), RouteBody.asWritten(invalid.causes()));
        }
    }

    private String namespace(Where where) {
        return where.namespace() == null ? rootNamespace : where.namespace();
    }

    private static String location(SpringRoute route) {
        return "/weft/v1/routes/" + UriUtils.encodePathSegment(route.routeId(), StandardCharsets.UTF_8) + "?namespace="
                + route.namespace();
    }
}
