package io.weft.gateway.springroute;

import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.xds.ConfigTarget;
import io.weft.sidecar.xds.RawResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.event.PredicateArgsEvent;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.event.RouteDeletedEvent;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.server.PathContainer;
import reactor.core.publisher.Flux;

/**
 * The SpringRoutes in force. Requests read one immutable table; a change swaps it, so that a request sees all of an update or nothing, and a request that
 * already has its route keeps it to its end. As a locator it shows them to Actuator.
 */
public final class SpringRoutes implements RouteLocator {

    private final RouteCompiler compiler;
    private final ApplicationEventPublisher events;
    private volatile Table table = new Table(Map.of(), RouteIndex.EMPTY, RouteIndex.EMPTY);

    private record Table(Map<String, LiveRoute> byName, RouteIndex early, RouteIndex late) {}

    SpringRoutes(RouteCompiler compiler, ApplicationEventPublisher events) {
        this.compiler = compiler;
        this.events = events;
    }

    /**
     * Puts an update of the control plane in force; of a resource that is refused, the version before stays. One thread at a time.
     *
     * @return what is refused, and why
     */
    public List<ConfigTarget.Refused> apply(Collection<RawResource> changed, Collection<String> removed) {
        Map<String, LiveRoute> byName = new HashMap<>(table.byName());
        List<ConfigTarget.Refused> refused = new ArrayList<>();
        for (String name : removed) {
            forget(byName.remove(name));
        }
        for (RawResource raw : changed) {
            try {
                LiveRoute live = compiler.compile(SpringRouteParser.parse(raw.name(), raw.body()));
                LiveRoute before = byName.put(raw.name(), live);
                if (before != null && !Objects.equals(before.weightGroup(), live.weightGroup())) {
                    forget(before);
                }
            } catch (ResourceException e) {
                refused.add(new ConfigTarget.Refused(raw.name(), String.valueOf(e.getMessage())));
            }
        }
        List<LiveRoute> ordered = new ArrayList<>(byName.values());
        ordered.sort(Comparator.comparing(LiveRoute::resource, SpringRouteResource.ORDER));
        table = new Table(
                byName,
                new RouteIndex(ordered.stream().filter(LiveRoute::early).toList()),
                new RouteIndex(ordered.stream().filter(route -> !route.early()).toList()));
        events.publishEvent(new RefreshRoutesEvent(this));
        return refused;
    }

    /** Its share of a weight group is the others'; Spring adds the shares up anew only when one is set. */
    private void forget(@Nullable LiveRoute gone) {
        String group = gone == null ? null : gone.weightGroup();
        if (gone != null && group != null) {
            events.publishEvent(
                    new PredicateArgsEvent(this, gone.resource().id(), Map.of("weight.group", group, "weight.weight", "0")));
            events.publishEvent(new RouteDeletedEvent(this, gone.resource().id()));
        }
    }

    /** Whether a route that comes before the mesh's may match; who is told yes has to ask {@link #early} next. */
    public boolean mayClaimEarly(String authority, String target, CharSequence method) {
        RouteIndex early = table.early();
        if (early.isEmpty()) {
            return false;
        }
        int query = target.indexOf('?');
        PathContainer path;
        try {
            path = PathContainer.parsePath(query < 0 ? target : target.substring(0, query));
        } catch (IllegalArgumentException brokenEscape) {
            // Nobody can say what it is, so it must not pass by the routes that may have a say in it: WebFlux answers 400.
            return true;
        }
        return !early.candidates(authority, path, method.toString()).isEmpty();
    }

    /** Those before the mesh's routes that can match, in order. */
    List<LiveRoute> early(@Nullable String host, PathContainer path, String method) {
        return table.early().candidates(host, path, method);
    }

    /** Those that get what no mesh route claims and can match, in order. */
    List<LiveRoute> late(@Nullable String host, PathContainer path, String method) {
        return table.late().candidates(host, path, method);
    }

    @Override
    public Flux<Route> getRoutes() {
        Table now = table;
        return Flux.concat(Flux.fromIterable(now.early().all()), Flux.fromIterable(now.late().all())).map(LiveRoute::route);
    }

    /** How many are in force. */
    public int size() {
        return table.byName().size();
    }
}
