package io.weft.pilot.registry;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Registrations as JSON. */
final class RegistrationFile {

    private static final Logger log = LoggerFactory.getLogger(RegistrationFile.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private RegistrationFile() {}

    record Line(
            String namespace,
            String name,
            Map<String, String> labels,
            Map<String, String> annotations,
            String created,
            String version,
            WorkloadSpec spec,
            @Nullable Boolean reported) {}

    static byte[] bytes(List<StoredWorkloads.Registration> registrations) {
        List<Line> lines = new ArrayList<>();
        for (StoredWorkloads.Registration registration : registrations) {
            ObjectMeta meta = registration.entry().meta();
            lines.add(new Line(
                    meta.namespace(),
                    meta.name(),
                    meta.labels(),
                    meta.annotations(),
                    meta.creationTimestamp().toString(),
                    meta.resourceVersion(),
                    registration.entry().spec(),
                    registration.reported()));
        }
        return MAPPER.writeValueAsBytes(lines);
    }

    /** What an earlier process registered; nothing if the file does not read, because proxies register again anyway. */
    static List<StoredWorkloads.Registration> read(Path file) throws IOException {
        List<StoredWorkloads.Registration> registrations = new ArrayList<>();
        try {
            for (Line line : MAPPER.readValue(Files.readAllBytes(file), Line[].class)) {
                ObjectMeta meta = new ObjectMeta(
                        Kind.WORKLOAD_ENTRY,
                        line.namespace(),
                        line.name(),
                        line.labels(),
                        line.annotations(),
                        Instant.parse(line.created()),
                        line.version(),
                        1);
                registrations.add(
                        new StoredWorkloads.Registration(new WorkloadEntry(meta, line.spec()), line.reported()));
            }
        } catch (JacksonException | DateTimeException | NullPointerException broken) {
            log.warn("{} does not read, so no old registrations are kept: {}", file, broken.getMessage());
            return List.of();
        }
        return registrations;
    }
}
