package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One match block: all of its conditions must hold.
 *
 * @param uri {@link StringMatch.Type#PREFIX} is a raw string prefix
 * @param headers keys are lower-case
 * @param withoutHeaders a header that is missing counts as not matching, so the block holds
 * @param port the listener's port
 * @param sourceLabels selects sidecars when configuration is generated, not requests
 * @param gateways overrides the VirtualService's
 * @param sourceNamespace as {@code sourceLabels}
 * @param ignoreUriCase acts on exact and prefix only
 */
public record HttpMatch(
        @Nullable String name,
        @Nullable StringMatch uri,
        @Nullable StringMatch scheme,
        @Nullable StringMatch method,
        @Nullable StringMatch authority,
        Map<String, StringMatch> headers,
        Map<String, StringMatch> withoutHeaders,
        Map<String, StringMatch> queryParams,
        @Nullable Integer port,
        Map<String, String> sourceLabels,
        List<String> gateways,
        @Nullable String sourceNamespace,
        boolean ignoreUriCase,
        @Nullable String statPrefix) {

    public HttpMatch {
        headers = Copies.ordered(headers);
        withoutHeaders = Copies.ordered(withoutHeaders);
        queryParams = Copies.ordered(queryParams);
        sourceLabels = Copies.ordered(sourceLabels);
        gateways = List.copyOf(gateways);
    }
}
