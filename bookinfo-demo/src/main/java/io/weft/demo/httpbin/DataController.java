package io.weft.demo.httpbin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Answers with data of a given size or form. */
@RestController
final class DataController {

    private static final int MOST_BYTES = 100 * 1024;
    private static final int MOST_LINES = 100;

    private static final String HTML =
            """
            <!DOCTYPE html>
            <html lang="en">
              <head><title>A page</title></head>
              <body>
                <h1>Warp and weft</h1>
                <p>The warp is stretched on the loom before the work begins; the weft goes over and under it, thread by thread,
                until the two hold one another and there is cloth.</p>
              </body>
            </html>
            """;

    private static final Map<String, Object> SLIDESHOW = new TreeMap<>(Map.of(
            "slideshow",
            new TreeMap<>(Map.of(
                    "author", "Weft",
                    "date", "date of publication",
                    "title", "Sample Slide Show",
                    "slides", new Object[] {
                        Map.of("title", "What a mesh does", "type", "all"),
                        Map.of("title", "Overview", "type", "all", "items", new String[] {"Who talks", "To whom", "How"})
                    }))));

    private final JsonMapper json;

    DataController(JsonMapper json) {
        this.json = json;
    }

    /** Random bytes, at most 100 KiB; the same ones for the same seed. */
    @GetMapping(path = "/bytes/{count}", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
    byte[] bytes(@PathVariable String count, @RequestParam(name = "seed") @Nullable Long seed) {
        byte[] bytes = new byte[bounded(count, MOST_BYTES)];
        (seed == null ? new Random() : new Random(new SplittableRandom(seed).nextLong())).nextBytes(bytes);
        return bytes;
    }

    /** Lines of JSON, each sent on its own, at most 100. */
    @GetMapping("/stream/{count}")
    Mono<Void> stream(@PathVariable String count, ServerHttpRequest request, ServerHttpResponse response) {
        int lines = bounded(count, MOST_LINES);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        return response.writeAndFlushWith(Flux.range(0, lines).map(id -> Mono.just(line(id, request, response))));
    }

    private DataBuffer line(int id, ServerHttpRequest request, ServerHttpResponse response) {
        Map<String, Object> shown = new TreeMap<>();
        shown.put("id", id);
        shown.put("url", Shown.url(request));
        shown.put("args", Shown.values(request.getQueryParams()));
        shown.put("headers", Shown.headers(request.getHeaders()));
        shown.put("origin", Shown.origin(request));
        // One object per line, whatever indentation the rest has.
        String text = json.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(shown);
        return response.bufferFactory().wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @GetMapping("/gzip")
    ResponseEntity<byte[]> gzip(ServerHttpRequest request) {
        Map<String, Object> shown = new TreeMap<>();
        shown.put("gzipped", true);
        shown.put("method", request.getMethod().name());
        shown.put("headers", Shown.headers(request.getHeaders()));
        shown.put("origin", Shown.origin(request));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(json.writeValueAsBytes(shown));
        } catch (IOException impossible) {
            throw new UncheckedIOException("a byte array refused to be written", impossible);
        }
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CONTENT_ENCODING, "gzip")
                .body(packed.toByteArray());
    }

    @GetMapping(path = "/html", produces = MediaType.TEXT_HTML_VALUE)
    String html() {
        return HTML;
    }

    @GetMapping("/json")
    Map<String, Object> json() {
        return SLIDESHOW;
    }

    @GetMapping("/health")
    Map<String, String> health() {
        return Map.of("status", "httpbin is healthy");
    }

    private static int bounded(String count, int most) {
        try {
            int wanted = Integer.parseInt(count);
            if (wanted >= 0) {
                return Math.min(wanted, most);
            }
        } catch (NumberFormatException notANumber) {
            throw invalid(count, most);
        }
        throw invalid(count, most);
    }

    private static ResponseStatusException invalid(String count, int most) {
        return new ResponseStatusException(HttpStatus.BAD_REQUEST, count + " (expected: a number, 0 to " + most + ")");
    }
}
