package io.weft.pilot.api;

import io.weft.pilot.model.parse.ParseLimits;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import reactor.core.publisher.Mono;

/** A request's body, bounded. */
final class RequestBody {

    private RequestBody() {}

    /** All of it; a {@link DataBufferLimitException} if there is more than {@link ParseLimits#MAX_BYTES}. */
    static Mono<byte[]> read(ServerHttpRequest request) {
        if (request.getHeaders().getContentLength() > ParseLimits.MAX_BYTES) {
            return Mono.error(new DataBufferLimitException("too large"));
        }
        return DataBufferUtils.join(request.getBody(), ParseLimits.MAX_BYTES)
                .map(RequestBody::release)
                .defaultIfEmpty(new byte[0]);
    }

    private static byte[] release(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    static ApiException tooLarge() {
        return new ApiException(
                413, "RequestEntityTooLarge", "the body is too large (expected: at most " + ParseLimits.MAX_BYTES + " bytes)");
    }
}
