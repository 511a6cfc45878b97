package io.weft.sidecar.route;

import io.weft.sidecar.message.Hosts;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.ResourceException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A compiled header value with Envoy's {@code %COMMAND(ARGUMENT)%} formatters; {@code %%} is a percent sign. */
public abstract class Formatter {
    private Formatter() {}

    /** Null when nothing is known: the header is then not added. */
    public abstract @Nullable String format(FormatContext context);

    /** @throws ResourceException for an unknown command, with its name */
    public static Formatter of(String text) {
        if (text.indexOf('%') < 0) {
            return literal(text);
        }
        List<Formatter> parts = new ArrayList<>();
        FormatText.split("header value", text, plain -> parts.add(literal(plain)), command -> parts.add(command(command)));
        return parts.size() == 1 ? parts.get(0) : sequence(List.copyOf(parts));
    }

    private static Formatter literal(String text) {
        return new Formatter() {
            @Override
            public String format(FormatContext context) {
                return text;
            }
        };
    }

    private static Formatter sequence(List<Formatter> parts) {
        return new Formatter() {
            @Override
            public String format(FormatContext context) {
                StringBuilder out = new StringBuilder();
                for (Formatter part : parts) {
                    String value = part.format(context);
                    out.append(value == null ? "-" : value);
                }
                return out.toString();
            }
        };
    }

    private static Formatter from(Function<FormatContext, @Nullable String> value) {
        return new Formatter() {
            @Override
            public @Nullable String format(FormatContext context) {
                return value.apply(context);
            }
        };
    }

    private static Formatter command(String command) {
        int open = command.indexOf('(');
        String name = open < 0 ? command : command.substring(0, open);
        int close = command.lastIndexOf(')');
        if (open >= 0 && close < open) {
            throw new ResourceException("header value: %" + command + "% (expected: a closing parenthesis)");
        }
        String argument = open < 0 ? "" : command.substring(open + 1, close);
        return switch (name) {
            case "REQ" -> header(argument, true);
            case "RESP" -> header(argument, false);
            case "PROTOCOL" -> from(c -> c.requestHead().protocol());
            case "DOWNSTREAM_REMOTE_ADDRESS", "DOWNSTREAM_DIRECT_REMOTE_ADDRESS" -> from(
                    FormatContext::downstreamRemoteAddress);
            case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT" -> from(
                    FormatContext::downstreamRemoteAddressWithoutPort);
            case "DOWNSTREAM_LOCAL_ADDRESS" -> from(FormatContext::downstreamLocalAddress);
            case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT" -> from(c -> Hosts.withoutPort(c.downstreamLocalAddress()));
            case "DOWNSTREAM_LOCAL_PORT" -> from(c -> Integer.toString(Hosts.port(c.downstreamLocalAddress(), 0)));
            case "DOWNSTREAM_PEER_URI_SAN" -> from(FormatContext::downstreamPeerUri);
            case "DOWNSTREAM_LOCAL_URI_SAN" -> from(FormatContext::downstreamLocalUri);
            case "REQUESTED_SERVER_NAME" -> from(FormatContext::requestedServerName);
            case "START_TIME" -> startTime(argument);
            case "UPSTREAM_HOST", "UPSTREAM_REMOTE_ADDRESS" -> from(FormatContext::upstreamHostText);
            case "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW" -> from(FormatContext::clusterNameText);
            case "ROUTE_NAME" -> from(FormatContext::routeNameText);
            case "RESPONSE_CODE" -> from(c -> Integer.toString(c.responseCode()));
            case "RESPONSE_FLAGS" -> from(FormatContext::responseFlags);
            default -> throw new ResourceException("header value: %" + command + "% (expected: a formatter this engine knows)");
        };
    }

    private static Formatter startTime(String format) {
        if (format.isEmpty()) {
            return from(c -> Instant.ofEpochMilli(c.startEpochMillis()).toString());
        }
        return switch (format) {
            case "%s" -> from(c -> Long.toString(c.startEpochMillis() / 1000));
            case "%s.%3f" -> from(c -> Long.toString(c.startEpochMillis() / 1000) + '.'
                    + Long.toString(1000 + c.startEpochMillis() % 1000).substring(1));
            default -> throw new ResourceException(
                    "header value: %START_TIME(" + format + ")% (expected: no format, %s or %s.%3f)");
        };
    }

    /** {@code NAME?ALTERNATIVE}, optionally {@code :LENGTH}. */
    private static Formatter header(String argument, boolean request) {
        int limit = Integer.MAX_VALUE;
        String names = argument;
        int colon = argument.lastIndexOf(':');
        if (colon > 0 && colon + 1 < argument.length() && argument.chars().skip(colon + 1L).allMatch(c -> c >= '0' && c <= '9')) {
            limit = Integer.parseInt(argument.substring(colon + 1));
            names = argument.substring(0, colon);
        }
        int question = names.indexOf('?');
        String first = (question < 0 ? names : names.substring(0, question)).toLowerCase(Locale.ROOT);
        String second = question < 0 ? "" : names.substring(question + 1).toLowerCase(Locale.ROOT);
        int length = limit;
        return from(c -> {
            String value = value(c, first, request);
            if (value == null && !second.isEmpty()) {
                value = value(c, second, request);
            }
            return value != null && value.length() > length ? value.substring(0, length) : value;
        });
    }

    private static @Nullable String value(FormatContext context, String name, boolean request) {
        RequestHead head = context.requestHead();
        if (request && name.startsWith(":")) {
            return switch (name) {
                case ":method" -> head.method().toString();
                case ":path" -> head.path();
                case ":authority" -> head.authority();
                case ":scheme" -> head.scheme();
                default -> null;
            };
        }
        HeaderBlock block = request ? head : context.responseHead();
        CharSequence value = block == null ? null : block.get(name);
        return value == null ? null : value.toString();
    }
}
