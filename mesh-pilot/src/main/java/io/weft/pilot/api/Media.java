package io.weft.pilot.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
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
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final MediaType type;

    Media(MediaType type) {
        this.type = type;
    }

    MediaType type() {
        return type;
    }

    byte[] bytes(Map<String, ?> document) {
        return this == JSON
                ? MAPPER.writeValueAsBytes(document)
                : yaml().dump(document).getBytes(StandardCharsets.UTF_8);
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
        List<MediaType> wishes;
        try {
            wishes = request.getHeaders().getAccept();
        } catch (InvalidMediaTypeException unreadable) {
            throw new ApiException(406, "NotAcceptable", "Accept does not read (expected: application/json or application/yaml)");
        }
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
        throw new ApiException(406, "NotAcceptable", "Accept " + wishes + " (expected: application/json or application/yaml)");
    }

    /** What the client sent. A browser's form can send neither. */
    static Media sent(ServerHttpRequest request) throws ApiException {
        MediaType type;
        try {
            type = request.getHeaders().getContentType();
        } catch (InvalidMediaTypeException unreadable) {
            type = null;
        }
        if (type != null && MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            return JSON;
        }
        if (type != null && YAML_NAMES.stream().anyMatch(type::equalsTypeAndSubtype)) {
            return YAML;
        }
        throw new ApiException(
                415,
                "UnsupportedMediaType",
                "Content-Type " + (type == null ? "missing" : type) + " (expected: application/json or application/yaml)");
    }
}
