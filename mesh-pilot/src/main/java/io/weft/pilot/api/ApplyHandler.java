package io.weft.pilot.api;

import io.weft.pilot.model.Kind;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ConfigStore.Outcome;
import io.weft.pilot.source.ConfigStore.Result;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.InadmissibleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What {@code kubectl apply -f FILE} and {@code kubectl delete -f FILE} do: a body of documents, all of which count or none.
 *
 * <p>{@code curl --data-binary @FILE} calls its body a form, so a form's content type is accepted here, which a page of
 * any origin can send without asking first. What keeps such a page out is {@link LocalOnlyFilter}: a browser puts the
 * page's origin ({@code null} for a sandboxed one) and {@code Sec-Fetch-Site} on every POST, no page can leave them out or
 * forge them, and a write that carries a foreign one is refused before it gets here. curl sends neither.
 */
public final class ApplyHandler {

    private final ConfigStore store;
    private final SelfRegistered registered;
    private final Runnable inForce;

    /** @param inForce called after a write: returns when the mesh's state holds it */
    public ApplyHandler(ConfigStore store, SelfRegistered registered, Runnable inForce) {
        this.store = store;
        this.registered = registered;
        this.inForce = inForce;
    }

    @FunctionalInterface
    private interface Reading {
        Batch read(byte[] bytes, ServerHttpRequest request) throws ApiException;
    }

    /** Adds or replaces every object of the body. */
    public Mono<ServerResponse> apply(ServerRequest request) {
        return handle(request, (bytes, sent) -> Batch.ofObjects(bytes, Media.sentPerhapsUnnamed(sent).orElse(null)));
    }

    /** Deletes every object the body names. */
    public Mono<ServerResponse> delete(ServerRequest request) {
        return handle(request, (bytes, sent) -> {
            Batch batch = Batch.ofDeletions(bytes, Media.sentPerhapsUnnamed(sent).orElse(null));
            for (Change change : batch.changes()) {
                registered.refuseDeletion(change.key(), store.current());
            }
            return batch;
        });
    }

    private Mono<ServerResponse> handle(ServerRequest request, Reading reading) {
        ServerHttpRequest sent = request.exchange().getRequest();
        return RequestBody.read(sent)
                // Files are read and written: not on the event loop.
                .publishOn(Schedulers.boundedElastic())
                .flatMap(bytes -> answer(request, bytes, reading))
                .onErrorResume(DataBufferLimitException.class, tooLarge -> failure(sent, RequestBody.tooLarge()));
    }

    private Mono<ServerResponse> answer(ServerRequest request, byte[] bytes, Reading reading) {
        ServerHttpRequest sent = request.exchange().getRequest();
        try {
            if (!request.method().equals(HttpMethod.POST)) {
                throw new ApiException(405, "MethodNotAllowed", request.method() + " is not allowed here (expected: POST)");
            }
            Optional<Media> media = Media.wantedBesideText(sent);
            boolean dryRun = request.queryParams().containsKey("dryRun");
            List<Outcome> outcomes = change(reading.read(bytes, sent), dryRun);
            if (!dryRun && outcomes.stream().anyMatch(ApplyHandler::changed)) {
                inForce.run();
            }
            ServerResponse.BodyBuilder ok = ServerResponse.ok();
            return media.isPresent()
                    ? ok.contentType(media.get().type())
                            .bodyValue(media.get().bytes(items(outcomes), Media.pretty(sent)))
                    : ok.contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                            .bodyValue(lines(outcomes, dryRun));
        } catch (ApiException | ConflictException | IOException failed) {
            return failure(sent, Failures.of(failed));
        }
    }

    private List<Outcome> change(Batch batch, boolean dryRun) throws ApiException, ConflictException, IOException {
        try {
            return store.change(batch.changes(), dryRun);
        } catch (InadmissibleException inadmissible) {
            throw Failures.invalid(inadmissible, batch::place);
        }
    }

    private static boolean changed(Outcome outcome) {
        return outcome.result() != Result.UNCHANGED && outcome.result() != Result.NOT_FOUND;
    }

    private static Map<String, Object> items(List<Outcome> outcomes) {
        List<Map<String, Object>> items = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("kind", outcome.key().kind().kindName());
            item.put("namespace", outcome.key().namespace());
            item.put("name", outcome.key().name());
            item.put("result", outcome.result().toString());
            items.add(item);
        }
        return Map.of("items", items);
    }

    /** As {@code kubectl} prints it: {@code virtualservice.networking.istio.io/reviews configured}. */
    private static String lines(List<Outcome> outcomes, boolean dryRun) {
        StringBuilder lines = new StringBuilder();
        for (Outcome outcome : outcomes) {
            Kind kind = outcome.key().kind();
            lines.append(kind.kindName().toLowerCase(Locale.ROOT))
                    .append(kind.group().isEmpty() ? "" : "." + kind.group())
                    .append('/')
                    .append(outcome.key().name())
                    .append(' ')
                    .append(outcome.result())
                    .append(dryRun ? " (dry run)\n" : "\n");
        }
        return lines.toString();
    }

    private static Mono<ServerResponse> failure(ServerHttpRequest request, ApiException failure) {
        Media media = Media.ofFailure(request);
        ServerResponse.BodyBuilder response = ServerResponse.status(failure.code()).contentType(media.type());
        if (failure.code() == 405) {
            response.header(HttpHeaders.ALLOW, "POST");
        }
        return response.bodyValue(media.bytes(Rendering.status(failure), Media.pretty(request)));
    }
}
