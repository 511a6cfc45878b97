package io.weft.pilot.source;

import io.weft.pilot.disk.AtomicFiles;
import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.parse.JsonReader;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.ParseOutcome;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.validate.Validator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last accepted objects on disk, one JSON document a line, with versions and creation times: of two objects that
 * conflict the older wins, also after a restart, and a file that is broken then still has its last good version.
 */
public final class Ledger {

    private static final Logger log = LoggerFactory.getLogger(Ledger.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String VERSION = "version";

    private final Path file;
    private long lastVersion;

    /** @param file made when there is something to keep */
    public Ledger(Path file) {
        this.file = file;
    }

    /** A version no object has had. */
    public String nextVersion() {
        return Long.toString(++lastVersion);
    }

    /** What was accepted last; nothing if there is no file. */
    public Map<ObjectKey, AcceptedObject> read() throws IOException {
        Map<ObjectKey, AcceptedObject> objects = new LinkedHashMap<>();
        if (!Files.exists(file)) {
            return objects;
        }
        int unread = 0;
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            AcceptedObject object = readLine(line);
            if (object != null) {
                objects.put(object.object().key(), object);
            } else if (!line.startsWith("{\"" + VERSION)) {
                unread++;
            }
        }
        if (unread > 0) {
            log.warn("{} of the objects kept in {} do not read any more and count only as their files say", unread, file);
        }
        return objects;
    }

    private @Nullable AcceptedObject readLine(String line) {
        try {
            Map<?, ?> entry = MAPPER.readValue(line, Map.class);
            if (entry.get(VERSION) instanceof Number version) {
                lastVersion = Math.max(lastVersion, version.longValue());
                return null;
            }
            // Read again from text, so that numbers have the types a file's have.
            Object document = JsonReader.read(MAPPER.writeValueAsString(entry.get("document")));
            ParseOutcome outcome = ObjectParser.parse(document);
            ConfigObject object = outcome.object();
            if (object == null || !Validator.validate(object).isEmpty()) {
                return null;
            }
            String version = String.valueOf(entry.get("resourceVersion"));
            lastVersion = Math.max(lastVersion, Long.parseLong(version));
            return new AcceptedObject(
                    object.withMeta(object.meta()
                            .stored(
                                    Instant.parse(String.valueOf(entry.get("created"))),
                                    version,
                                    Long.parseLong(String.valueOf(entry.get("generation"))))),
                    outcome.document(),
                    String.valueOf(entry.get("file")),
                    entry.get("uid") instanceof String uid ? uid : "");
        } catch (JacksonException | UnreadableException | NumberFormatException | DateTimeException broken) {
            return null;
        }
    }

    public void write(Collection<AcceptedObject> objects) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(MAPPER.writeValueAsString(Map.of(VERSION, lastVersion)));
        for (AcceptedObject accepted : objects) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("file", accepted.file());
            if (!accepted.uid().isEmpty()) {
                entry.put("uid", accepted.uid());
            }
            entry.put("created", accepted.object().meta().creationTimestamp().toString());
            entry.put("resourceVersion", accepted.object().meta().resourceVersion());
            entry.put("generation", accepted.object().meta().generation());
            entry.put("document", accepted.document());
            lines.add(MAPPER.writeValueAsString(entry));
        }
        AtomicFiles.writePrivate(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
