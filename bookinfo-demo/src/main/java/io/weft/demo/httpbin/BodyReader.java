package io.weft.demo.httpbin;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads a whole body, at most a mebibyte of it: it is echoed, so it has to be held. */
@Component
final class BodyReader {

    static final int LARGEST = 1024 * 1024;

    private final JsonMapper json;

    BodyReader(JsonMapper json) {
        this.json = json;
    }

    Mono<Body> read(ServerWebExchange exchange) {
        MediaType type = exchange.getRequest().getHeaders().getContentType();
        Mono<Body> body;
        if (MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(type)) {
            body = exchange.getFormData().map(form -> new Body("", Shown.values(form), Map.of(), null));
        } else if (MediaType.MULTIPART_FORM_DATA.isCompatibleWith(type)) {
            body = exchange.getMultipartData().flatMap(this::multipart);
        } else {
            body = bytes(exchange.getRequest().getBody()).map(this::raw);
        }
        return body.onErrorMap(
                        DataBufferLimitException.class,
                        tooLarge -> new ResponseStatusException(
                                HttpStatus.CONTENT_TOO_LARGE, "body: (expected: at most 1 MiB)", tooLarge))
                .onErrorMap(
                        DecodingException.class,
                        broken -> new ResponseStatusException(HttpStatus.BAD_REQUEST, broken.getMessage(), broken));
    }

    private Mono<Body> multipart(MultiValueMap<String, Part> parts) {
        Map<String, Object> form = new TreeMap<>();
        return Flux.fromIterable(parts.values())
                .concatMap(Flux::fromIterable)
                .concatMap(part -> {
                    if (part instanceof FormFieldPart field) {
                        add(form, field.name(), field.value());
                        return Mono.empty();
                    }
                    return part instanceof FilePart file
                            ? bytes(file.content()).map(content -> Map.entry(file.name(), text(content)))
                            : Mono.empty();
                })
                .collect(
                        TreeMap<String, Object>::new,
                        (files, file) -> add(files, file.getKey(), file.getValue()))
                .map(files -> new Body("", form, files, null));
    }

    /** The same name twice becomes a list, as with a query's. */
    @SuppressWarnings("unchecked")
    private static void add(Map<String, Object> to, String name, String value) {
        Object known = to.get(name);
        if (known == null) {
            to.put(name, value);
        } else if (known instanceof List<?> list) {
            ((List<Object>) list).add(value);
        } else {
            to.put(name, new ArrayList<>(List.of(known, value)));
        }
    }

    private Body raw(byte[] bytes) {
        return new Body(text(bytes), Map.of(), Map.of(), parsed(bytes));
    }

    private @Nullable Object parsed(byte[] bytes) {
        if (bytes.length == 0) {
            return null;
        }
        try {
            return json.readValue(bytes, Object.class);
        } catch (JacksonException notJson) {
            // Whatever is not JSON is shown as null, as the public httpbin does.
            return null;
        }
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException binary) {
            return "data:application/octet-stream;base64," + Base64.getEncoder().encodeToString(bytes);
        }
    }

    private static Mono<byte[]> bytes(Flux<DataBuffer> content) {
        return DataBufferUtils.join(content, LARGEST)
                .map(buffer -> {
                    byte[] bytes = new byte[buffer.readableByteCount()];
                    buffer.read(bytes);
                    DataBufferUtils.release(buffer);
                    return bytes;
                })
                .defaultIfEmpty(new byte[0]);
    }
}
