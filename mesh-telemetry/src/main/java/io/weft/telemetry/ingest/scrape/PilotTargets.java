package io.weft.telemetry.ingest.scrape;

import io.weft.telemetry.store.Texts;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads mesh-pilot's list of targets, which has the form of Prometheus' {@code http_sd}. */
final class PilotTargets {

    static final String PATH = "/weft/v1/targets";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private PilotTargets() {}

    static URI url(String pilot) {
        return URI.create((pilot.endsWith("/") ? pilot.substring(0, pilot.length() - 1) : pilot) + PATH);
    }

    /**
     * What the list says.
     *
     * @param problem what of it was left out, and why; null when nothing was
     */
    record Listed(List<ScrapeTarget> targets, @Nullable String problem) {}

    /** @param max targets taken; those behind are left out */
    static Listed parse(byte[] body, int max) throws UnreadablePageException {
        JsonNode groups;
        try {
            groups = JSON.readTree(body);
        } catch (JacksonException e) {
            throw new UnreadablePageException("the list of targets is no JSON: " + Texts.shown(String.valueOf(e.getOriginalMessage())));
        }
        if (!groups.isArray()) {
            throw new UnreadablePageException("the list of targets is no array");
        }
        List<ScrapeTarget> targets = new ArrayList<>();
        int leftOut = 0;
        String first = "";
        for (JsonNode group : groups) {
            for (JsonNode address : group.path("targets")) {
                try {
                    if (targets.size() >= max) {
                        throw new IllegalArgumentException("more than " + max + " targets (weft.telemetry.scrape.max-targets)");
                    }
                    targets.add(target(address, group.path("labels")));
                } catch (IllegalArgumentException refused) {
                    first = leftOut++ == 0 ? String.valueOf(refused.getMessage()) : first;
                }
            }
        }
        return new Listed(targets, leftOut == 0 ? null : leftOut + " left out; the first: " + first);
    }

    private static ScrapeTarget target(JsonNode address, JsonNode labels) {
        String scheme = text(labels, "__scheme__");
        String path = text(labels, "__metrics_path__");
        String url = (scheme == null ? "http" : scheme) + "://" + address.asString("") + (path == null ? "/metrics" : path);
        return ScrapeTarget.of(url, text(labels, "workload"), text(labels, "namespace"));
    }

    private static @Nullable String text(JsonNode labels, String name) {
        JsonNode value = labels.path(name);
        return value.isString() ? value.asString() : null;
    }
}
