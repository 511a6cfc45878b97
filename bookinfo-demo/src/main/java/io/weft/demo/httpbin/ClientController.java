package io.weft.demo.httpbin;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Answers that make a client do something: follow, remember, log in. */
@RestController
final class ClientController {

    private static final int MOST_REDIRECTS = 100;

    @GetMapping("/redirect/{count}")
    ResponseEntity<Void> redirect(@PathVariable String count) {
        int left = redirects(count);
        return found(left == 1 ? "/get" : "/redirect/" + (left - 1)).build();
    }

    @GetMapping("/cookies")
    Map<String, Object> cookies(ServerHttpRequest request) {
        Map<String, String> shown = new TreeMap<>();
        request.getCookies().forEach((name, cookies) -> shown.put(name, cookies.get(0).getValue()));
        return Map.of("cookies", shown);
    }

    @GetMapping("/cookies/set")
    ResponseEntity<Void> setCookies(ServerHttpRequest request) {
        ResponseEntity.BodyBuilder answer = found("/cookies");
        request.getQueryParams()
                .toSingleValueMap()
                .forEach((name, value) -> answer.header(HttpHeaders.SET_COOKIE, cookie(name, value)));
        return answer.build();
    }

    @GetMapping("/cookies/set/{name}/{value}")
    ResponseEntity<Void> setCookie(@PathVariable String name, @PathVariable String value) {
        return found("/cookies").header(HttpHeaders.SET_COOKIE, cookie(name, value)).build();
    }

    @GetMapping("/basic-auth/{user}/{password}")
    ResponseEntity<Map<String, Object>> basicAuth(
            @PathVariable String user,
            @PathVariable String password,
            @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false) @Nullable String authorization) {
        byte[] expected = ("Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)))
                .getBytes(StandardCharsets.UTF_8);
        byte[] given = (authorization == null ? "" : authorization).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(expected, given)) {
            return ResponseEntity.status(HttpStatus.UNAUTHORIZED)
                    .header(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"Fake Realm\"")
                    .build();
        }
        return ResponseEntity.ok(new TreeMap<>(Map.of("authenticated", true, "user", user)));
    }

    private static int redirects(String count) {
        int wanted;
        try {
            wanted = Integer.parseInt(count);
        } catch (NumberFormatException notANumber) {
            wanted = 0;
        }
        if (wanted < 1 || wanted > MOST_REDIRECTS) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, "redirects: " + count + " (expected: 1 to " + MOST_REDIRECTS + ")");
        }
        return wanted;
    }

    private static ResponseEntity.BodyBuilder found(String path) {
        return ResponseEntity.status(HttpStatus.FOUND).location(URI.create(path));
    }

    private static String cookie(String name, @Nullable String value) {
        try {
            return ResponseCookie.from(name, value == null ? "" : value).path("/").build().toString();
        } catch (IllegalArgumentException notACookie) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "cookie: " + notACookie.getMessage(), notACookie);
        }
    }
}
