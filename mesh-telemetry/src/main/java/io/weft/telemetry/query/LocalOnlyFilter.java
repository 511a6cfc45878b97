package io.weft.telemetry.query;

import io.weft.telemetry.settings.TelemetryProperties;
import io.weft.telemetry.store.Texts;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Keeps foreign web pages out. A port on loopback is open to every page a developer's browser shows: a page can rebind its own name to 127.0.0.1
 * and then read as if it were ours, or send spans from its own origin. So the Host must be an address or name of ours, and a write that says it
 * comes from another origin is refused. Answers are for our own page only: they must not be framed, sniffed or fed with scripts from elsewhere.
 */
@Component
final class LocalOnlyFilter implements WebFilter, Ordered {

    private static final Set<HttpMethod> READS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final Set<String> allowedHosts;

    LocalOnlyFilter(TelemetryProperties properties) {
        this.allowedHosts = properties.allowedHosts().stream()
                .map(host -> host.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        HttpHeaders answer = exchange.getResponse().getHeaders();
        answer.set("X-Content-Type-Options", "nosniff");
        answer.set("X-Frame-Options", "DENY");
        answer.set("Referrer-Policy", "no-referrer");
        String host = request.getHeaders().getFirst(HttpHeaders.HOST);
        if (host == null || !isOurs(withoutPort(host), request.getLocalAddress())) {
            return refuse(
                    exchange,
                    "Host " + Texts.shown(String.valueOf(host))
                            + " (expected: loopback, or a name in weft.telemetry.allowed-hosts)");
        }
        String foreign = READS.contains(request.getMethod()) ? null : foreign(request.getHeaders(), "http://" + host);
        return foreign == null ? chain.filter(exchange) : refuse(exchange, foreign);
    }

    /** Why a write comes from somebody else's page, or null. Browsers say where a page is from; tools and exporters send neither header. */
    private static @Nullable String foreign(HttpHeaders headers, String own) {
        for (String origin : headers.getValuesAsList(HttpHeaders.ORIGIN)) {
            if (!origin.equalsIgnoreCase(own)) {
                return "a write from origin " + Texts.shown(origin) + " (expected: none or " + own + ")";
            }
        }
        for (String site : headers.getValuesAsList("Sec-Fetch-Site")) {
            if (!site.equals("same-origin") && !site.equals("none")) {
                return "a write with Sec-Fetch-Site " + Texts.shown(site) + " (expected: none, same-origin or no such header)";
            }
        }
        return null;
    }

    private boolean isOurs(String host, @Nullable InetSocketAddress local) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.equals("localhost") || name.equals("[::1]") || isLoopback4(name) || allowedHosts.contains(name)) {
            return true;
        }
        // Who reached another address of ours by that address used no name that could have been rebound.
        return local != null && local.getAddress() != null && name.equals(literal(local));
    }

    private static String literal(InetSocketAddress local) {
        String address = local.getAddress().getHostAddress();
        return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    }

    /** 127.a.b.c, and nothing that only looks like it, such as {@code 127.0.0.1.example.com}. */
    private static boolean isLoopback4(String name) {
        String[] parts = name.split("\\.", -1);
        if (parts.length != 4 || !parts[0].equals("127")) {
            return false;
        }
        for (String part : parts) {
            boolean number = !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!number) {
                return false;
            }
        }
        return true;
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static Mono<Void> refuse(ServerWebExchange exchange, String message) {
        return Failures.write(exchange.getResponse(), new ApiException(403, "Forbidden", message));
    }
}
