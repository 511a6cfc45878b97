package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CommandLineTest {

    private static CommandLine parse(String... args) {
        return CommandLine.parse(List.of(args), Map.of());
    }

    @Test
    void envoysWay() {
        CommandLine line = parse("-c", "x.yaml", "--concurrency", "3", "--mode=validate");
        assertThat(line.bootstrap()).isEqualTo(Path.of("x.yaml"));
        assertThat(line.validate()).isTrue();
        assertThat(line.concurrency()).isEqualTo(3);
    }

    @Test
    void unknownArgument_namesTheNearest() {
        assertThatThrownBy(() -> parse("--weft.app.port=1:2")).hasMessage("unknown argument --weft.app.port (did you mean --weft.app.ports?)");
        assertThatThrownBy(() -> parse("--config-paht", "x")).hasMessageContaining("did you mean --config-path?");
        assertThatThrownBy(() -> parse("--weft.part")).hasMessageContaining("has no value");
        assertThatThrownBy(() -> parse("-c")).hasMessageContaining("has no value");
        assertThatThrownBy(() -> parse("--concurrency=0")).hasMessageContaining("expected: 1 to 128");
    }

    @Test
    void arguments_winOverTheEnvironment() {
        CommandLine line = CommandLine.parse(
                List.of("--weft.part=b"), Map.of("WEFT_PART", "a", "WEFT_APP_PORTS", "9080:1234", "WEFT_UNRELATED", "x"));
        assertThat(line.weft()).containsEntry("part", "b").containsEntry("app.ports", "9080:1234");
    }

    @Test
    void workload_hasDefaults() {
        WorkloadSettings settings = WorkloadSettings.of(parse(
                        "--weft.home=/h", "--weft.part=reviews-v1", "--weft.service-account=bookinfo-reviews", "--weft.app.ports=9080:38123")
                .weft());
        assertThat(settings.appPorts()).containsExactly(Map.entry(9080, 38123));
        assertThat(settings.inboundPorts()).containsExactly(Map.entry(9080, 0));
        assertThat(settings.proxyPort()).isNull();
        assertThat(settings.xds()).hasToString("127.0.0.1:15012");
        assertThat(settings.tokenFile()).isEqualTo(Path.of("/h/run/reviews-v1/token"));
        assertThat(settings.cache()).isEqualTo(Path.of("/h/run/reviews-v1/cache"));
        assertThat(settings.namespace()).isEqualTo("default");
    }

    @Test
    void workload_isRefusedWithAReason() {
        assertThatThrownBy(() -> WorkloadSettings.of(Map.of())).hasMessageContaining("--weft.part is missing");
        assertThatThrownBy(() -> WorkloadSettings.of(Map.of("part", "../x", "service-account", "a"))).hasMessageContaining("--weft.part: ../x");
        assertThatThrownBy(() -> WorkloadSettings.of(Map.of("part", "x", "service-account", "a", "app.ports", "9080")))
                .hasMessageContaining("--weft.app.ports: 9080 (expected: port:port,…)");
        assertThatThrownBy(() -> WorkloadSettings.of(Map.of("part", "x", "service-account", "a", "inbound-ports", "1:2")))
                .hasMessageContaining("expected: a port of --weft.app.ports");
    }
}
