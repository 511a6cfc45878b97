package io.weft.telemetry.ingest.scrape;

import io.weft.telemetry.store.Texts;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads mesh-pilot's list of targets, which has the form of Prometheus' {@code http_sd}. */
final class PilotTargets {

    static final String PATH = "/weft/v1/targets";

    private static final Logger log = LoggerFactory.getLogger(PilotTargets.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private PilotTargets() {}

    static URI url(String pilot) {
        return URI.create((pilot.endsWith("/") ? pilot.substring(0, pilot.length() - 1) : pilot) + PATH);
    }

    /** @param max targets taken; those behind are left out, and it is logged */
    static List<ScrapeTarget> parse(byte[] body, int max) throws UnreadablePageException {
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
        for (JsonNode group : groups) {
            JsonNode labels = group.path("labels");
            for (JsonNode address : group.path("targets")) {
                if (targets.size() >= max) {
                    log.warn("mesh-pilot names more than {} targets (weft.telemetry.scrape.max-targets): the rest is left out", max);
                    return targets;
                }
                add(targets, address, labels);
            }
        }
        return targets;
    }

    private static void add(List<ScrapeTarget> targets, JsonNode address, JsonNode labels) {
        String scheme = text(labels, "__scheme__");
        String path = text(labels, "__metrics_path__");
        String url = (scheme == null ? "http" : scheme) + "://" + address.asString("") + (path == null ? "/metrics" : path);
        try {
            targets.add(ScrapeTarget.of(url, text(labels, "workload"), text(labels, "namespace")));
        } catch (IllegalArgumentException refused) {
            log.warn("mesh-pilot names a {}", refused.getMessage());
        }
    }

    private static @Nullable String text(JsonNode labels, String name) {
        JsonNode value = labels.path(name);
        return value.isString() ? value.asString() : null;
    }
}
