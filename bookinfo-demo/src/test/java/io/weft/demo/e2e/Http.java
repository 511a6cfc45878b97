package io.weft.demo.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Requests as curl would send them. The POM allows the JDK's client to set {@code Host}. */
public final class Http {

    private static final HttpClient CLIENT = client(HttpClient.newBuilder());

    private Http() {}

    static HttpClient client(HttpClient.Builder builder) {
        return builder.version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** A client whose plain requests go through the proxy port of a sidecar, as the demo's apps do. */
    public static HttpClient through(int proxyPort) {
        return client(HttpClient.newBuilder()
                .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", proxyPort))));
    }

    public static HttpResponse<String> get(String uri, String... headers) {
        return send(CLIENT, "GET", uri, "", headers);
    }

    public static HttpResponse<String> send(HttpClient client, String method, String uri, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(30))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static HttpResponse<String> send(String method, String uri, String body, String... headers) {
        return send(CLIENT, method, uri, body, headers);
    }
}
