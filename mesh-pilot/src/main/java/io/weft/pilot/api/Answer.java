package io.weft.pilot.api;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What a page says, in whatever form its reader wants.
 *
 * @param header one beside the usual ones; null: none
 */
record Answer(int status, Object document, @Nullable String header, @Nullable String value) {

    Answer(int status, Object document) {
        this(status, document, null, null);
    }

    static Answer failure(ApiException failure) {
        Object document = Rendering.status(failure);
        // 405 without a path's own list: the store is nobody's to write to over REST.
        return failure.code() == 405 ? new Answer(405, document, HttpHeaders.ALLOW, "GET") : new Answer(failure.code(), document);
    }

    /** Reads a request's body, and sends what is answered to it. */
    static Mono<ServerResponse> to(ServerRequest request, Function<byte[], Answer> answering) {
        boolean pretty = Media.pretty(request.exchange().getRequest());
        Media media;
        try {
            media = Media.wanted(request.exchange().getRequest());
        } catch (ApiException notAcceptable) {
            return failure(notAcceptable).send(Media.JSON, pretty);
        }
        return RequestBody.read(request.exchange().getRequest())
                // Files are read and written: not on the event loop.
                .publishOn(Schedulers.boundedElastic())
                .map(answering)
                .onErrorResume(DataBufferLimitException.class, tooLarge -> Mono.just(failure(RequestBody.tooLarge())))
                .flatMap(answer -> answer.send(media, pretty));
    }

    private Mono<ServerResponse> send(Media media, boolean pretty) {
        ServerResponse.BodyBuilder response = ServerResponse.status(status).contentType(media.type());
        if (header != null) {
            response.header(header, value);
        }
        return response.bodyValue(media.bytes(document, pretty));
    }
}
