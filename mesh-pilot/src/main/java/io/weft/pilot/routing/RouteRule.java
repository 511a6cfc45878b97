package io.weft.pilot.routing;

import io.weft.pilot.model.CorsPolicy;
import io.weft.pilot.model.Fault;
import io.weft.pilot.model.HeaderOperations;
import io.weft.pilot.model.HttpRoute.DirectResponse;
import io.weft.pilot.model.HttpRoute.Redirect;
import io.weft.pilot.model.HttpRoute.Rewrite;
import io.weft.pilot.model.Retries;
import io.weft.pilot.model.StringMatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP rule of one match: the neutral form of a VirtualService's rule, an HTTPRoute's or an Ingress's.
 *
 * @param name for logs; may be empty
 */
public record RouteRule(
        String name,
        Match match,
        Action action,
        HeaderOperations headers,
        @Nullable Fault fault,
        @Nullable CorsPolicy cors) {

    /** What happens to a request that matches. */
    public sealed interface Action permits Forward, Redirected, Answered {}

    /**
     * Goes to one of the targets.
     *
     * @param timeout zero: none
     * @param retries null: the mesh's default
     */
    public record Forward(
            List<WeightedTarget> targets,
            Duration timeout,
            @Nullable Retries retries,
            @Nullable Rewrite rewrite,
            List<Mirrored> mirrors)
            implements Action {

        public Forward {
            targets = List.copyOf(targets);
            mirrors = List.copyOf(mirrors);
        }
    }

    public record Redirected(Redirect redirect) implements Action {}

    public record Answered(DirectResponse response) implements Action {}

    /** @param weight relative; at least 1 */
    public record WeightedTarget(Target target, int weight, HeaderOperations headers) {}

    /** @param percent more than 0, up to 100 */
    public record Mirrored(Target target, double percent) {}

    /**
     * All conditions must hold; every selector of the user's match is decided already.
     *
     * @param path null: any
     */
    public record Match(
            @Nullable StringMatch path,
            boolean ignorePathCase,
            @Nullable StringMatch scheme,
            @Nullable StringMatch method,
            @Nullable StringMatch authority,
            Map<String, StringMatch> headers,
            Map<String, StringMatch> withoutHeaders,
            Map<String, StringMatch> queryParams) {

        public static final Match ANY = new Match(null, false, null, null, null, Map.of(), Map.of(), Map.of());

        /** Takes every request, by the reference's reading: prefix {@code /} or regex {@code .*}, and no header, query or other condition. */
        public boolean isCatchAll() {
            return isAnyPath()
                    && scheme == null
                    && method == null
                    && authority == null
                    && headers.isEmpty()
                    && withoutHeaders.isEmpty()
                    && queryParams.isEmpty();
        }

        private boolean isAnyPath() {
            if (path == null) {
                return true;
            }
            return switch (path.type()) {
                case PREFIX -> path.value().isEmpty() || path.value().equals("/");
                case REGEX -> path.value().equals(".*") || path.value().equals("*");
                case PRESENT -> true;
                case EXACT -> false;
            };
        }
    }

    /** To a service as it is, without any rule: default retries, no timeout. */
    public static RouteRule toService(Target target) {
        return new RouteRule(
                "default",
                Match.ANY,
                new Forward(
                        List.of(new WeightedTarget(target, 1, HeaderOperations.NONE)), Duration.ZERO, null, null, List.of()),
                HeaderOperations.NONE,
                null,
                null);
    }
}
