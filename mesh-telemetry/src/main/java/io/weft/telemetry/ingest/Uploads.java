package io.weft.telemetry.ingest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Reads the bodies of spans over HTTP: bounded as they come, bounded when unpacked, a few at a time. */
public final class Uploads {

    /** What they hold in memory at most is this times the size, packed and unpacked. */
    private static final int AT_A_TIME = 16;

    private final int maxBytes;
    private final AtomicInteger running = new AtomicInteger();

    Uploads(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Gives the whole body, unpacked, to the reader, on a thread where that may take its time. */
    public <T> Mono<T> read(ServerHttpRequest request, Function<byte[], T> reader) {
        return Mono.defer(() -> {
            if (running.incrementAndGet() > AT_A_TIME) {
                running.decrementAndGet();
                return Mono.error(new ResponseStatusException(
                        HttpStatus.TOO_MANY_REQUESTS, "more than " + AT_A_TIME + " uploads at a time; send it again"));
            }
            String encoding = request.getHeaders().getFirst(HttpHeaders.CONTENT_ENCODING);
            return DataBufferUtils.join(request.getBody(), maxBytes)
                    .onErrorMap(failure -> failure instanceof DataBufferLimitException ? tooLarge() : endedEarly())
                    .map(Uploads::bytes)
                    .defaultIfEmpty(new byte[0])
                    .publishOn(Schedulers.boundedElastic())
                    .map(body -> reader.apply(unpacked(body, encoding)))
                    .doFinally(end -> running.decrementAndGet());
        });
    }

    /** What the client says it sends; null when it says nothing that reads. */
    public static @Nullable MediaType type(ServerHttpRequest request) {
        try {
            return request.getHeaders().getContentType();
        } catch (InvalidMediaTypeException unreadable) {
            return null;
        }
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    private byte[] unpacked(byte[] body, @Nullable String encoding) {
        if (encoding == null || encoding.equalsIgnoreCase("identity")) {
            return body;
        }
        if (!encoding.equalsIgnoreCase("gzip")) {
            throw new ResponseStatusException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding (expected: gzip or none)");
        }
        byte[] unpacked;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            unpacked = in.readNBytes(maxBytes + 1);
        } catch (IOException e) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "the body is not what Content-Encoding gzip says");
        }
        if (unpacked.length > maxBytes) {
            throw tooLarge();
        }
        return unpacked;
    }

    /** Not an error of ours: a client that goes must not fill the log. */
    private static ResponseStatusException endedEarly() {
        return new ResponseStatusException(HttpStatus.BAD_REQUEST, "the body ended before it was whole");
    }

    private ResponseStatusException tooLarge() {
        return new ResponseStatusException(
                HttpStatus.CONTENT_TOO_LARGE, "the body has more than " + maxBytes + " bytes (weft.telemetry.max-message)");
    }
}
