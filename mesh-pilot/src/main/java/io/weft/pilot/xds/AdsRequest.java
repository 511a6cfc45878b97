package io.weft.pilot.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request of either protocol.
 *
 * @param node        who is asking; only the first request of a stream needs it
 * @param nonce       of the response this answers; empty: answers none
 * @param error       why that response was rejected; null: it was not
 * @param subscribe   state of the world: all names wanted; delta: names wanted in addition
 * @param unsubscribe delta only
 * @param held        delta only: versions the client still has from an earlier stream, by name
 */
record AdsRequest(
        @Nullable Node node,
        String typeUrl,
        String nonce,
        @Nullable String error,
        List<String> subscribe,
        List<String> unsubscribe,
        Map<String, String> held) {

    private static final int MAX_ERROR = 4096;

    static AdsRequest of(DiscoveryRequest request) {
        return new AdsRequest(
                request.hasNode() ? request.getNode() : null,
                request.getTypeUrl(),
                request.getResponseNonce(),
                request.hasErrorDetail() ? shown(request.getErrorDetail().getMessage()) : null,
                request.getResourceNamesList(),
                List.of(),
                Map.of());
    }

    static AdsRequest of(DeltaDiscoveryRequest request) {
        return new AdsRequest(
                request.hasNode() ? request.getNode() : null,
                request.getTypeUrl(),
                request.getResponseNonce(),
                request.hasErrorDetail() ? shown(request.getErrorDetail().getMessage()) : null,
                request.getResourceNamesSubscribeList(),
                request.getResourceNamesUnsubscribeList(),
                request.getInitialResourceVersionsMap());
    }

    /** A client's words go to the log and to people: of bounded length, and on one line. */
    private static String shown(String error) {
        StringBuilder text = new StringBuilder(error.length() > MAX_ERROR ? error.substring(0, MAX_ERROR) : error);
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                text.setCharAt(i, ' ');
            }
        }
        return text.toString();
    }
}
