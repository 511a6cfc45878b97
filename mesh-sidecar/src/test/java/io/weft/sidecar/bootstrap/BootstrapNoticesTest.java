package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a bootstrap file sets and the engine does without is told to whoever runs it. */
class BootstrapNoticesTest {
    private static final String WISHES = """
            admin:
              address: {socket_address: {address: 127.0.0.1, port_value: 0}}
              access_log_path: /tmp/admin.log
            static_resources:
              listeners:
              - name: front
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - transport_socket_connect_timeout: 15s
                  filters:
                  - name: envoy.filters.network.http_connection_manager
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                      stat_prefix: front
                      route_config:
                        virtual_hosts:
                        - name: all
                          domains: ["*"]
                          routes:
                          - match: {prefix: /}
                            route:
                              cluster: app
                              request_mirror_policies: [{cluster: app, trace_sampled: false}]
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
              clusters:
              - name: app
                type: STATIC
                http2_protocol_options: {initial_stream_window_size: 100000}
                health_checks:
                - {timeout: 1s, interval: 5s, unhealthy_threshold: 1, healthy_threshold: 1, tcp_health_check: {}, no_traffic_interval: 60s}
                load_assignment:
                  cluster_name: app
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}]}]
            """;
    private static final List<String> TOLD = List.of(
            "cluster app: health_checks[0].no_traffic_interval: no effect here: idle endpoints are asked as often as busy ones",
            "cluster app: typed_extension_protocol_options.http2_protocol_options.initial_stream_window_size: no effect here: "
                    + "windows follow the engine's own buffer bounds",
            "listener front: filter_chains[0].transport_socket_connect_timeout: no effect here: a handshake has 10 s",
            "listener front: filter_chains[0].filters[0].typed_config.route_config.virtual_hosts[0].routes[0].route.request_mirror_policies[0]"
                    + ".trace_sampled: no effect here: copies are never sampled",
            "bootstrap: admin.access_log_path: no effect here: requests to the admin port are not logged");

    private final Logger logger = (Logger) LoggerFactory.getLogger("io.weft.sidecar");
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    @TempDir
    Path folder;

    @BeforeEach
    void listen() {
        said.start();
        logger.addAppender(said);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(said);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("bootstrap.yaml"), text);
    }

    private List<String> warnings() {
        return said.list.stream().filter(event -> event.getLevel() == Level.WARN).map(ILoggingEvent::getFormattedMessage).toList();
    }

    private List<String> told(Path file) {
        return TOLD.stream().map(line -> file + ": " + line).toList();
    }

    @Test
    void validating_tellsEachFieldWithoutEffectOnce() throws IOException {
        Path file = file(WISHES);
        assertThat(new ProcessRunner().run(List.of("-c", file.toString(), "--mode", "validate"))).isZero();
        assertThat(warnings()).containsExactlyInAnyOrderElementsOf(told(file));
    }

    @Test
    void startingTellsTheSame() throws IOException {
        Path file = file(WISHES);
        SidecarApplication.start("-c", file.toString()).close();
        assertThat(warnings()).containsAll(told(file));
    }

    @Test
    void theyComeOutOfAThrownAwayLoader() throws IOException {
        assertThat(ForgottenClasses.read(file(WISHES)).bootstrap().notices()).containsExactlyInAnyOrderElementsOf(TOLD);
    }

    /** Ten routes as Envoy's users write them: if what everybody sets were told, nobody would read it. */
    @Test
    void aFileWithoutSuchWishesIsSilent() throws IOException {
        String text = Files.readString(Path.of("src/test/resources/ten-routes.yaml")).replaceAll("@\\w+@", "1");
        assertThat(BootstrapFile.read(file(text)).notices()).isEmpty();
    }

    @Test
    void thereAreNoMoreThanCanBeRead() throws IOException {
        String mirror = "{cluster: app, trace_sampled: false}";
        String many = WISHES.replace(mirror, (mirror + ", ").repeat(150) + mirror);
        List<String> notices = BootstrapFile.read(file(many)).notices();
        assertThat(notices).hasSize(101).doesNotHaveDuplicates();
        assertThat(notices.get(100)).isEqualTo("more than 100 fields have no effect here: these are the first");
    }
}
