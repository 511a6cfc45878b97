package io.weft.pilot.api;

import io.weft.pilot.model.Problem;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.source.Refusal;
import io.weft.pilot.state.MeshState;
import io.weft.pilot.state.StateStore;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** What operators ask first: what is refused, and which services and endpoints there are. */
@RestController
public final class MeshPages {

    private final ConfigStore store;
    private final StateStore states;
    private final ObjectWriter plain;
    private final ObjectWriter pretty;

    public MeshPages(ConfigStore store, StateStore states, JsonMapper mapper) {
        this.store = store;
        this.states = states;
        this.plain = mapper.writer();
        this.pretty = mapper.writerWithDefaultPrettyPrinter();
    }

    /** Files and documents that are not in force, with the reason of each. */
    @GetMapping(path = "/weft/v1/errors", produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] errors(ServerHttpRequest request) {
        return page(
                request, store.current().refusals().stream().map(RefusedView::of).toList());
    }

    /** Every service with its endpoints. */
    @GetMapping(path = "/weft/v1/services", produces = MediaType.APPLICATION_JSON_VALUE)
    byte[] services(ServerHttpRequest request) {
        MeshState state = states.current();
        return page(
                request,
                state.services().stream()
                        .map(service -> ServiceRow.of(service, state))
                        .toList());
    }

    private byte[] page(ServerHttpRequest request, List<?> rows) {
        return Media.pretty(request)
                ? (pretty.writeValueAsString(rows) + "\n").getBytes(StandardCharsets.UTF_8)
                : plain.writeValueAsBytes(rows);
    }

    record RefusedView(
            String file,
            @Nullable Integer document,
            @Nullable String kind,
            @Nullable String namespace,
            @Nullable String name,
            boolean lastGoodInForce,
            List<Problem> problems) {

        static RefusedView of(Refusal refusal) {
            var key = refusal.key();
            return new RefusedView(
                    refusal.file(),
                    refusal.document() < 0 ? null : refusal.document(),
                    key == null ? null : key.kind().kindName(),
                    key == null ? null : key.namespace(),
                    key == null ? null : key.name(),
                    refusal.lastGoodInForce(),
                    refusal.problems());
        }
    }

    record ServiceRow(
            String hostname,
            String namespace,
            String kind,
            String name,
            String resolution,
            boolean external,
            List<String> addresses,
            Collection<String> accounts,
            List<PortRow> ports) {

        static ServiceRow of(MeshService service, MeshState state) {
            return new ServiceRow(
                    service.hostname(),
                    service.namespace(),
                    service.meta().kind().kindName(),
                    service.meta().name(),
                    service.resolution().name(),
                    service.external(),
                    service.addresses(),
                    service.accounts(),
                    service.ports().stream()
                            .map(port -> new PortRow(
                                    port.name(),
                                    port.number(),
                                    port.protocol().name(),
                                    state.endpoints(service.key(), port.number())))
                            .toList());
        }
    }

    record PortRow(String name, int number, String protocol, List<MeshEndpoint> endpoints) {}
}
