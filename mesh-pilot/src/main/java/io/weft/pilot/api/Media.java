package io.weft.pilot.api;

import io.weft.pilot.model.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** YAML or JSON, in and out. */
enum Media {
    JSON(MediaType.APPLICATION_JSON),
    YAML(MediaType.valueOf("application/yaml"));

    private static final List<MediaType> YAML_NAMES = List.of(
            MediaType.valueOf("application/yaml"),
            MediaType.valueOf("application/x-yaml"),
            MediaType.valueOf("text/yaml"),
            MediaType.valueOf("text/x-yaml"));
    private static final MediaType APPLY_PATCH = MediaType.valueOf("application/apply-patch+yaml");
    private static final MediaType MERGE_PATCH = MediaType.valueOf("application/merge-patch+json");
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final MediaType type;

    Media(MediaType type) {
        this.type = type;
    }

    MediaType type() {
        return type;
    }

    byte[] bytes(Object document) {
        return bytes(document, false);
    }

    /** @param pretty whether JSON is for people; YAML always is */
    byte[] bytes(Object document, boolean pretty) {
        if (this == YAML) {
            return yaml().dump(document).getBytes(StandardCharsets.UTF_8);
        }
        return pretty
                ? (PRETTY.writeValueAsString(document) + "\n").getBytes(StandardCharsets.UTF_8)
                : MAPPER.writeValueAsBytes(document);
    }

    /** Asked for by {@code ?pretty}; curl's users want it without asking, as the Kubernetes API server knows too. */
    static boolean pretty(ServerHttpRequest request) {
        String agent = request.getHeaders().getFirst(HttpHeaders.USER_AGENT);
        String asked = request.getQueryParams().getFirst("pretty");
        return request.getQueryParams().containsKey("pretty")
                ? !"false".equals(asked)
                : agent != null && (agent.startsWith("curl/") || agent.startsWith("Wget/"));
    }

    private static Yaml yaml() {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setDereferenceAliases(true);
        return new Yaml(options);
    }

    /** What the client wants: the first of its wishes that can be met, JSON when it has none. */
    static Media wanted(ServerHttpRequest request) throws ApiException {
        List<MediaType> wishes = wishes(request);
        for (MediaType wish : wishes) {
            if (wish.includes(MediaType.APPLICATION_JSON)) {
                return JSON;
            }
            if (YAML_NAMES.stream().anyMatch(wish::includes)) {
                return YAML;
            }
        }
        if (wishes.isEmpty()) {
            return JSON;
        }
        throw notAcceptable(wishes, "application/json or application/yaml");
    }

    /** As {@link #wanted}, where there is plain text too: empty for that, and for who does not care. */
    static Optional<Media> wantedBesideText(ServerHttpRequest request) throws ApiException {
        List<MediaType> wishes = wishes(request);
        for (MediaType wish : wishes) {
            if (wish.includes(MediaType.TEXT_PLAIN)) {
                return Optional.empty();
            }
            if (wish.includes(MediaType.APPLICATION_JSON)) {
                return Optional.of(JSON);
            }
            if (YAML_NAMES.stream().anyMatch(wish::includes)) {
                return Optional.of(YAML);
            }
        }
        if (wishes.isEmpty()) {
            return Optional.empty();
        }
        throw notAcceptable(wishes, "application/json, application/yaml or text/plain");
    }

    /** A failure is told to everybody: in JSON to who wants something else. */
    static Media ofFailure(ServerHttpRequest request) {
        try {
            return wanted(request);
        } catch (ApiException notAcceptable) {
            return JSON;
        }
    }

    private static List<MediaType> wishes(ServerHttpRequest request) throws ApiException {
        try {
            return request.getHeaders().getAccept();
        } catch (InvalidMediaTypeException unreadable) {
            throw new ApiException(406, "NotAcceptable", "Accept does not read (expected: application/json or application/yaml)");
        }
    }

    private static ApiException notAcceptable(List<MediaType> wishes, String expected) {
        return new ApiException(
                406, "NotAcceptable", "Accept " + MediaType.toString(wishes) + " (expected: " + expected + ")");
    }

    /** What the client sent. */
    static Media sent(ServerHttpRequest request) throws ApiException {
        return named(contentType(request))
                .orElseThrow(() -> unsupported(
                        request, "application/json or application/yaml; in curl: -H 'Content-Type: application/yaml'"));
    }

    /** What the client sent; empty if it does not say so, as curl does not. */
    static Optional<Media> sentPerhapsUnnamed(ServerHttpRequest request) throws ApiException {
        MediaType type = contentType(request);
        Optional<Media> media = named(type);
        boolean unnamed = type == null
                ? !request.getHeaders().containsHeader(HttpHeaders.CONTENT_TYPE)
                : MediaType.APPLICATION_FORM_URLENCODED.equalsTypeAndSubtype(type);
        if (media.isEmpty() && !unnamed) {
            throw unsupported(request, "application/yaml, application/json or none");
        }
        return media;
    }

    /** Whether a PATCH is server-side apply, else a JSON merge patch; others are refused. */
    static boolean isApplyPatch(ServerHttpRequest request) throws ApiException {
        MediaType type = contentType(request);
        if (APPLY_PATCH.equalsTypeAndSubtype(type)) {
            return true;
        }
        if (MERGE_PATCH.equalsTypeAndSubtype(type)) {
            return false;
        }
        throw unsupported(request, MERGE_PATCH + " or " + APPLY_PATCH + "; in kubectl: apply --server-side, patch --type=merge");
    }

    private static Optional<Media> named(@Nullable MediaType type) {
        if (type != null && MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            return Optional.of(JSON);
        }
        boolean yaml = type != null && YAML_NAMES.stream().anyMatch(type::equalsTypeAndSubtype);
        return yaml ? Optional.of(YAML) : Optional.empty();
    }

    private static @Nullable MediaType contentType(ServerHttpRequest request) {
        try {
            return request.getHeaders().getContentType();
        } catch (InvalidMediaTypeException unreadable) {
            return null;
        }
    }

    private static ApiException unsupported(ServerHttpRequest request, String expected) {
        String type = request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        return new ApiException(
                415,
                "UnsupportedMediaType",
                "Content-Type " + (type == null ? "missing" : Problem.shown(type)) + " (expected: " + expected + ")");
    }
}
