package io.weft.pilot.registry.spring;

import io.weft.pilot.registry.spring.KnownGateways.Remembered;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What gateways said, as JSON. */
final class GatewayFile {

    private static final Logger log = LoggerFactory.getLogger(GatewayFile.class);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private GatewayFile() {}

    static byte[] bytes(List<Remembered> gateways) {
        return MAPPER.writeValueAsBytes(gateways);
    }

    /** Nothing if the file does not read, because gateways say it again when they are back. */
    static List<Remembered> read(Path file) throws IOException {
        List<Remembered> gateways = new ArrayList<>();
        try {
            for (Remembered each : MAPPER.readValue(Files.readAllBytes(file), Remembered[].class)) {
                Instant.parse(each.seen());
                KnownGateway gateway = each.gateway();
                gateways.add(new Remembered(
                        new KnownGateway(
                                Objects.requireNonNull(gateway.namespace()),
                                Objects.requireNonNull(gateway.workload()),
                                gateway.gateway(),
                                gateway.labels(),
                                Objects.requireNonNull(gateway.catalog())),
                        each.seen()));
            }
        } catch (JacksonException | DateTimeException | NullPointerException | IllegalArgumentException broken) {
            log.warn("{} does not read, so SpringRoutes are not checked until gateways connect: {}", file, broken.getMessage());
            return List.of();
        }
        return gateways;
    }
}
