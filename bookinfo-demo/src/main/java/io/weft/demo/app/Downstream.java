package io.weft.demo.app;

import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;

/**
 * Calls other services. With a sidecar the connection goes to it and the {@code Host} header says who is meant: an ordinary request to a
 * forward proxy for plain HTTP, never a CONNECT tunnel, through which the sidecar could not see the request.
 */
public final class Downstream {

    private final WebClient client;
    private final Sidecar sidecar;

    Downstream(WebClient client, Sidecar sidecar) {
        this.client = client;
        this.sidecar = sidecar;
    }

    /**
     * GETs JSON from a service.
     *
     * @param service the service, {@code http://reviews:9080}
     * @param path its path, beginning with a slash
     * @param incoming headers of the request this call is made for; what PropagatedHeaders lists goes with it
     * @param timeout for the whole answer; a {@link java.util.concurrent.TimeoutException} ends the call when it is over
     * @param type what the JSON is read as
     */
    public <T> Mono<T> get(URI service, String path, HttpHeaders incoming, Duration timeout, Class<T> type) {
        return Mono.defer(() -> client.get()
                        .uri(target(service, path))
                        .headers(headers -> {
                            PropagatedHeaders.copy(incoming, headers);
                            headers.set(HttpHeaders.HOST, service.getAuthority());
                        })
                        .retrieve()
                        .bodyToMono(type))
                .doOnError(WebClientRequestException.class, this::forgetIfRefused)
                .timeout(timeout);
    }

    private URI target(URI service, String path) {
        @Nullable HostAndPort proxy = sidecar.address();
        return URI.create(proxy == null ? service + path : "http://" + proxy + path);
    }

    private void forgetIfRefused(WebClientRequestException failure) {
        if (failure.getCause() instanceof ConnectException) {
            sidecar.forget();
        }
    }
}
