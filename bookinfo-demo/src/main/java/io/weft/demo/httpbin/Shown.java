package io.weft.demo.httpbin;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;

/** The pieces of a request, in the shape the public httpbin shows them. */
final class Shown {

    private Shown() {}

    /** Query or form: one value as it is, several as a list. */
    static Map<String, Object> values(MultiValueMap<String, String> parameters) {
        Map<String, Object> shown = new TreeMap<>();
        parameters.forEach((name, values) -> shown.put(name, oneOrMany(values)));
        return shown;
    }

    private static Object oneOrMany(List<String> values) {
        List<String> present = values.stream().map(value -> value == null ? "" : value).toList();
        return present.size() == 1 ? present.get(0) : present;
    }

    /** All headers, names as {@code Canonical-Case} whatever case they came in, repeated ones joined by commas. */
    static Map<String, String> headers(HttpHeaders headers) {
        Map<String, String> shown = new TreeMap<>();
        headers.forEach((name, values) -> shown.put(canonical(name), String.join(",", values)));
        return shown;
    }

    static String canonical(String name) {
        return Arrays.stream(name.split("-", -1)).map(Shown::capitalised).collect(Collectors.joining("-"));
    }

    private static String capitalised(String word) {
        StringBuilder result = new StringBuilder(word.length());
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            result.append(i == 0 ? Character.toUpperCase(c) : Character.toLowerCase(c));
        }
        return result.toString();
    }

    /** Who asked: what {@code X-Forwarded-For} says, as the public httpbin believes it too, else the peer. */
    static String origin(ServerHttpRequest request) {
        String forwarded = request.getHeaders().getFirst("X-Forwarded-For");
        if (forwarded != null) {
            return forwarded;
        }
        InetSocketAddress peer = request.getRemoteAddress();
        return peer == null ? "" : peer.getAddress().getHostAddress();
    }

    /** The URL as the client wrote it: its host from {@code Host}, its scheme from {@code X-Forwarded-Proto}. */
    static String url(ServerHttpRequest request) {
        String scheme = "https".equals(request.getHeaders().getFirst("X-Forwarded-Proto")) ? "https" : "http";
        String host = request.getHeaders().getFirst(HttpHeaders.HOST);
        String query = request.getURI().getRawQuery();
        return scheme + "://" + (host == null ? "" : host) + request.getURI().getRawPath() + (query == null ? "" : "?" + query);
    }
}
