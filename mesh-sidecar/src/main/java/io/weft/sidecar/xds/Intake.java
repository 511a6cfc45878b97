package io.weft.sidecar.xds;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what the control plane sends, resource by resource: each is taken under its name, or refused with the reason, and no more than so many of a kind are. */
final class Intake {
    private static final Logger log = LoggerFactory.getLogger(Intake.class);

    private final ResourceParsers parsers;
    private final Set<String> staticSecrets;
    private final int maxResources;

    /** @param staticSecrets secrets that are defined elsewhere, so that nobody waits for them */
    Intake(ResourceParsers parsers, Set<String> staticSecrets, int maxResources) {
        this.parsers = parsers;
        this.staticSecrets = Set.copyOf(staticSecrets);
        this.maxResources = maxResources;
    }

    /** Reads one resource, or throws a {@link ResourceException} that says why not. */
    interface Parse<T> {
        Held<T> parse(RawResource raw);
    }

    /**
     * Reads the resources of one response.
     *
     * @param known names that there are already, of which another version is no further resource
     * @param problems what is wrong with the rest, a line for each
     */
    <T> Map<String, Held<T>> read(Update update, Set<String> known, Parse<T> parse, List<String> problems) {
        Map<String, Held<T>> good = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        int fresh = 0;
        for (RawResource raw : update.resources()) {
            try {
                Held<T> held = parse.parse(raw);
                String name = held.raw().name();
                if (!seen.add(name)) {
                    problems.add(update.kind().label() + " " + name + ": twice in one response");
                    continue;
                }
                if (!known.contains(name) && known.size() + ++fresh > maxResources) {
                    problems.add(update.kind().label() + " " + name + ": more than " + maxResources + " resources of this kind");
                    continue;
                }
                good.put(name, held);
            } catch (ResourceException e) {
                problems.add(e.getMessage());
            } catch (RuntimeException e) {
                // A mistake of ours, which must not hold up the resources of everybody else.
                log.error("{} {} could not be read", update.kind().label(), nameOf(update.kind(), raw), e);
                problems.add(update.kind().label() + " " + nameOf(update.kind(), raw) + ": internal error: " + e);
            }
        }
        return good;
    }

    private static RawResource named(RawResource raw, String kind, String name) {
        if (raw.name().isEmpty()) {
            return new RawResource(name, raw.version(), raw.body());
        }
        if (!raw.name().equals(name)) {
            throw new ResourceException(kind + " " + raw.name() + ": name: " + name + " (expected: the name it was sent under)");
        }
        return raw;
    }

    Held<SecretResource> secret(RawResource raw) {
        SecretResource parsed = parsers.secret(raw.name(), raw.body());
        return new Held<>(named(raw, "secret", parsed.name()), parsed, Needs.NOTHING);
    }

    Held<EndpointsResource> endpoints(RawResource raw) {
        EndpointsResource parsed = parsers.endpoints(raw.name(), raw.body());
        return new Held<>(named(raw, "endpoints", parsed.clusterName()), parsed, Needs.NOTHING);
    }

    Held<RouteConfigResource> routes(RawResource raw) {
        RouteConfigResource parsed = parsers.routes(raw.name(), raw.body());
        return new Held<>(named(raw, "routes", parsed.name()), parsed, Needs.NOTHING);
    }

    Held<ClusterResource> cluster(RawResource raw) {
        ClusterResource parsed = parsers.cluster(raw.name(), raw.body());
        return new Held<>(named(raw, "cluster", parsed.name()), parsed, Needs.of(parsed, staticSecrets));
    }

    Held<ListenerResource> listener(RawResource raw) {
        ListenerResource parsed = parsers.listener(raw.name(), raw.body());
        if (parsed.name().isEmpty()) {
            throw new ResourceException("listener: name: \"\" (expected: a name)");
        }
        return new Held<>(named(raw, "listener", parsed.name()), parsed, Needs.of(parsed, staticSecrets));
    }

    /** The name of a resource that may be bad otherwise, so that a bad one in a full response is not taken for a removal. */
    static String nameOf(ResourceKind kind, RawResource raw) {
        if (!raw.name().isEmpty()) {
            return raw.name();
        }
        try {
            if (kind != ResourceKind.CLUSTER && kind != ResourceKind.LISTENER) {
                return "";
            }
            return kind == ResourceKind.CLUSTER
                    ? Cluster.parseFrom(raw.body().getValue()).getName()
                    : Listener.parseFrom(raw.body().getValue()).getName();
        } catch (InvalidProtocolBufferException e) {
            return "";
        }
    }

    static Held<RawResource> extension(ResourceKind kind, RawResource raw) {
        if (raw.name().isEmpty()) {
            throw new ResourceException(kind.label() + ": name: \"\" (expected: a name)");
        }
        return new Held<>(raw, raw, Needs.NOTHING);
    }
}
