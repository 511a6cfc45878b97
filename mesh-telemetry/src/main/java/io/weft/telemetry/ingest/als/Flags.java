package io.weft.telemetry.ingest.als;

import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import java.util.ArrayList;
import java.util.List;

/** Envoy's response flags by their short names, as its access log's text has them. */
final class Flags {

    private Flags() {}

    /** Comma separated; empty for none. */
    static String of(ResponseFlags flags) {
        if (flags.equals(ResponseFlags.getDefaultInstance())) {
            return "";
        }
        List<String> set = new ArrayList<>();
        add(set, flags.getFailedLocalHealthcheck(), "LH");
        add(set, flags.getNoHealthyUpstream(), "UH");
        add(set, flags.getUpstreamRequestTimeout(), "UT");
        add(set, flags.getLocalReset(), "LR");
        add(set, flags.getUpstreamRemoteReset(), "UR");
        add(set, flags.getUpstreamConnectionFailure(), "UF");
        add(set, flags.getUpstreamConnectionTermination(), "UC");
        add(set, flags.getUpstreamOverflow(), "UO");
        add(set, flags.getNoRouteFound(), "NR");
        add(set, flags.getDelayInjected(), "DI");
        add(set, flags.getFaultInjected(), "FI");
        add(set, flags.getRateLimited(), "RL");
        add(set, flags.hasUnauthorizedDetails(), "UAEX");
        add(set, flags.getRateLimitServiceError(), "RLSE");
        add(set, flags.getDownstreamConnectionTermination(), "DC");
        add(set, flags.getUpstreamRetryLimitExceeded(), "URX");
        add(set, flags.getStreamIdleTimeout(), "SI");
        add(set, flags.getInvalidEnvoyRequestHeaders(), "IH");
        add(set, flags.getDownstreamProtocolError(), "DPE");
        add(set, flags.getUpstreamMaxStreamDurationReached(), "UMSDR");
        add(set, flags.getResponseFromCacheFilter(), "RFCF");
        add(set, flags.getNoFilterConfigFound(), "NFCF");
        add(set, flags.getDurationTimeout(), "DT");
        add(set, flags.getUpstreamProtocolError(), "UPE");
        add(set, flags.getNoClusterFound(), "NC");
        add(set, flags.getOverloadManager(), "OM");
        add(set, flags.getDnsResolutionFailure(), "DF");
        add(set, flags.getDownstreamRemoteReset(), "DR");
        return String.join(",", set);
    }

    private static void add(List<String> set, boolean flag, String name) {
        if (flag) {
            set.add(name);
        }
    }
}
