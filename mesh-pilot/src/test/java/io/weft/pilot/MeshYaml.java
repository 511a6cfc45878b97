package io.weft.pilot;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.parse.Documents;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import io.weft.pilot.registry.entry.ServiceViews;
import io.weft.pilot.state.MeshState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A state from the YAML a user writes; objects are older the earlier they stand. */
public final class MeshYaml {

    private static final AtomicLong VERSION = new AtomicLong();

    private MeshYaml() {}

    public static MeshState state(String... texts) {
        return state(MeshSettings.DEFAULTS, Map.of(), texts);
    }

    public static MeshState state(MeshSettings settings, Map<ObjectKey, Boolean> health, String... texts) {
        List<ConfigObject> objects = new ArrayList<>();
        for (String text : texts) {
            for (ConfigObject object : objects(text)) {
                Instant created = Instant.EPOCH.plusSeconds(objects.size());
                objects.add(object.withMeta(object.meta().stored(created, "1", 1)));
            }
        }
        return MeshState.of(VERSION.incrementAndGet(), settings, objects, ServiceViews.of(settings, objects, health, Cluster.EMPTY));
    }

    public static List<ConfigObject> objects(String text) {
        List<ConfigObject> objects = new ArrayList<>();
        try {
            for (Documents.Span span : Documents.split(text)) {
                Object document = YamlReader.read(span.text(text));
                if (document == null) {
                    continue;
                }
                ParseOutcome outcome = ObjectParser.parse(document);
                if (outcome.object() == null) {
                    throw new IllegalArgumentException("fixture does not parse: " + outcome.problems() + "\n" + span.text(text));
                }
                objects.add(outcome.object());
            }
        } catch (UnreadableException e) {
            throw new IllegalArgumentException(e);
        }
        return objects;
    }

    /** A file below {@code src/test/resources/mesh}. */
    public static String file(String name) {
        try (InputStream in = MeshYaml.class.getResourceAsStream("/mesh/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no fixture " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
