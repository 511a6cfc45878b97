package io.weft.telemetry.ingest.scrape;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Fetches a page: one GET, no redirect, everything bounded in size and time. */
public final class PageFetcher {

    private static final int MAX_HEADERS = 32 * 1024;

    private final HttpClient client;
    private final Duration timeout;
    private final int maxSize;

    /**
     * @param timeout for the whole answer
     * @param maxSize bytes of its body
     */
    public PageFetcher(ReactorResourceFactory resources, Duration timeout, int maxSize) {
        this.client = HttpClient.create(resources.getConnectionProvider())
                .runOn(resources.getLoopResources())
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeout.toMillis()))
                .httpResponseDecoder(decoder -> decoder.maxHeaderSize(MAX_HEADERS))
                .responseTimeout(timeout);
        this.timeout = timeout;
        this.maxSize = maxSize;
    }

    /** The page did not come as expected. The message is for people. */
    public static final class FetchException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        FetchException(String message) {
            super(message, null, false, false);
        }
    }

    /** The body of a 200; everything else is an error. */
    public Mono<byte[]> get(URI url, String accept) {
        return client.headers(headers -> headers.set(HttpHeaderNames.ACCEPT, accept))
                .get()
                .uri(url)
                .response((response, content) -> {
                    int status = response.status().code();
                    if (status != 200) {
                        return Mono.error(new FetchException("answered " + status + " (expected: 200)"));
                    }
                    return content.asByteArray().collect(ByteArrayOutputStream::new, this::append);
                })
                .next()
                .map(ByteArrayOutputStream::toByteArray)
                .timeout(timeout);
    }

    /** A message for people, whatever went wrong on the way. */
    public String reason(Throwable failure) {
        if (failure instanceof FetchException) {
            return String.valueOf(failure.getMessage());
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof io.netty.handler.timeout.TimeoutException) {
                return "no answer within " + timeout.toMillis() + " ms";
            }
            if (cause instanceof ConnectException) {
                return "connection refused";
            }
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    private void append(ByteArrayOutputStream body, byte[] part) {
        if (body.size() + part.length > maxSize) {
            throw new FetchException("the page has more than " + maxSize + " bytes");
        }
        body.writeBytes(part);
    }
}
