package io.weft.gateway.engine;

import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.gateway.springroute.SpringRoutes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A gateway with one backend, where routes are tried. */
final class RouteBench {

    /** What the client got and, where the backend was asked, what it was asked last. */
    record Seen(RawHttp.Answer client, List<MirrorBackend.Asked> asked) {

        int status() {
            return client.status();
        }

        /** All values that the client got of a header. */
        List<String> client(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ':';
            return client.head().lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .toList();
        }

        MirrorBackend.Asked backend() {
            assertThat(asked).as("requests that the backend got; the client: %s", client).isNotEmpty();
            return Objects.requireNonNull(asked.get(asked.size() - 1));
        }

        /** All values that the backend got of a header. */
        List<String> backend(String name) {
            return backend().headers().getAll(name);
        }
    }

    final MirrorBackend backend;
    final int http;
    private final SpringRoutes routes;
    private final List<Routes> applied = new ArrayList<>();

    RouteBench(MirrorBackend backend, int http, SpringRoutes routes) {
        this.backend = backend;
        this.http = http;
        this.routes = routes;
    }

    /** A request for {@code /row}. */
    static String row(String... headers) {
        return get("/row", headers);
    }

    static String get(String target, String... headers) {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: a\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    void apply(Routes... changed) {
        applied.addAll(List.of(changed));
        Routes.apply(routes, changed);
    }

    /** {@code /row} and everything below it goes to the backend through the filters. */
    void filters(String... filters) {
        apply(base().with(filters));
    }

    static Routes base() {
        return route("row").toBackend().when("Path=/row/**");
    }

    Seen ask(String request) throws IOException {
        backend.takeAsked();
        try (RawHttp client = new RawHttp(http)) {
            RawHttp.Answer answer = client.send(request).answer();
            return new Seen(answer, backend.takeAsked());
        }
    }

    /** A route with that predicate has the request. */
    void takes(String predicate, String request) throws IOException {
        apply(route("row").toBackend().when(predicate));
        Seen seen = ask(request);
        assertThat(seen.status()).as("%s, asked %s", predicate, request).isEqualTo(200);
        assertThat(seen.asked()).hasSize(1);
    }

    /** A route with that predicate does not have it, and nobody else has. */
    void leaves(String predicate, String request) throws IOException {
        apply(route("row").toBackend().when(predicate));
        Seen seen = ask(request);
        assertThat(seen.status()).as("%s, asked %s", predicate, request).isEqualTo(404);
        assertThat(seen.asked()).isEmpty();
    }

    /** Tries one and leaves nothing of it behind. */
    void prove(BuiltIn builtIn) throws IOException {
        applied.clear();
        backend.forget();
        try {
            builtIn.proof().on(this);
            assertThat(applied).as("routes that use %s", builtIn).anyMatch(route -> route.uses(builtIn.name()));
        } finally {
            List<String> names = new ArrayList<>();
            routes.getRoutes().toIterable().forEach(route -> names.add(route.getId()));
            Routes.remove(routes, names.toArray(String[]::new));
        }
    }
}
