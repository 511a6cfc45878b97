package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.sidecar.resource.BootstrapResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootstrapFileTest {
    private static final String GOOD = """
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
            static_resources:
              listeners:
              - name: front
                address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                filter_chains:
                - filters:
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
                            route: {cluster: app, timeout: 3s}
                      http_filters:
                      - name: envoy.filters.http.router
                        typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
              clusters:
              - name: app
                type: STATIC
                load_assignment:
                  cluster_name: app
                  endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 8080}}}}]}]
            """;

    @TempDir
    Path folder;

    private BootstrapResource read(String text) throws IOException {
        return BootstrapFile.read(Files.writeString(folder.resolve("bootstrap.yaml"), text));
    }

    @Test
    void yaml_isRead() throws IOException {
        BootstrapResource bootstrap = read(GOOD);
        assertThat(bootstrap.listeners()).hasSize(1);
        assertThat(bootstrap.clusters().get(0).name()).isEqualTo("app");
        assertThat(bootstrap.ads()).isNull();
        assertThat(bootstrap.usesTls()).isFalse();
    }

    @Test
    void readingInAThrownAwayLoader_isTheSame() throws IOException {
        BootstrapResource bootstrap = read(GOOD);
        BootstrapResource forgotten = ForgottenClasses.read(folder.resolve("bootstrap.yaml")).bootstrap();
        assertThat(forgotten.listeners()).isEqualTo(bootstrap.listeners());
        assertThat(forgotten.clusters()).isEqualTo(bootstrap.clusters());
        assertThat(forgotten.message()).isEqualTo(bootstrap.message());
        Files.writeString(folder.resolve("bootstrap.yaml"), "admin: {nonsense: 1}");
        assertThatThrownBy(() -> ForgottenClasses.read(folder.resolve("bootstrap.yaml")))
                .isInstanceOf(StartException.class)
                .hasMessageContaining("nonsense");
    }

    @Test
    void json_isRead() throws IOException {
        assertThat(read(YamlToJson.convert(GOOD)).clusters()).hasSize(1);
    }

    @Test
    void ads_namesItsCluster() throws IOException {
        String ads = """
                node: {id: me, cluster: here}
                dynamic_resources:
                  ads_config: {api_type: DELTA_GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: app}}]}
                  lds_config: {resource_api_version: V3, ads: {}}
                  cds_config: {resource_api_version: V3, ads: {}}
                """;
        BootstrapResource.Ads parsed = read(GOOD + ads).ads();
        assertThat(parsed).isNotNull();
        assertThat(parsed.delta()).isTrue();
        assertThat(io.envoyproxy.envoy.config.core.v3.Node.parseFrom(parsed.node()).getId()).isEqualTo("me");
        assertThatThrownBy(() -> read(GOOD + ads.replace("cluster_name: app", "cluster_name: nobody")))
                .hasMessageContaining("cluster_name: nobody (expected: a cluster of static_resources)");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stat_prefix: front | "stat_prefix: front\\n          via: x" | filter_chains[0].filters[0].typed_config: unsupported field via
            type: STATIC | type: EDS | eds_config: no source (expected: ads)
            type: STATIC | type: ORIGINAL_DST | there is no traffic capture here
            cluster: app, timeout | cluster: app, priority: HIGH, timeout | virtual_hosts[0].routes[0].route.priority: HIGH (expected: DEFAULT)
            envoy.extensions.filters.http.router.v3.Router | envoy.extensions.filters.http.lua.v3.Lua | Lua
            timeout: 3s | timeout: -3s | timeout
            prefix: / | safe_regex: {regex: "(("} | RE2 syntax
            stat_prefix: front | stat_prefixx: front | stat_prefixx
            static_resources: | "overload_manager: {}\\nstatic_resources:" | unsupported field overload_manager
            domains: ["*"] | domains: ["a*b"] | expected: a name, *suffix, prefix* or *
            port_value: 8080 | port_value: 80800 | port_value: 80800
            address: 127.0.0.1, port_value: 8080 | address: localhost, port_value: 8080 | STRICT_DNS
            type: STATIC | "type: STATIC\\n    common_http_protocol_options: {max_headers_count: 500}" | unsupported field max_headers_count
            type: STATIC | "type: STATIC\\n    common_http_protocol_options: {max_response_headers_kb: 200}" | unsupported field max_response_headers_kb
            """)
    void whatIsNotSupported_isRefusedByName(String good, String bad, String message) {
        String text = GOOD.replace(good, bad.replace("\\n", "\n").replaceAll("^\"|\"$", ""));
        assertThat(text).isNotEqualTo(GOOD);
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith(folder.resolve("bootstrap.yaml").toString())
                .hasMessageContaining(message);
    }

    @Test
    void hostileYaml_isRefused() {
        assertThatThrownBy(() -> read("a: &a [x]\nb: &b [*a,*a,*a]\n" + "c: [" + "*b,".repeat(100) + "]")).isInstanceOf(StartException.class);
        assertThatThrownBy(() -> read("a: !!javax.script.ScriptEngineManager []")).isInstanceOf(StartException.class);
        assertThatThrownBy(() -> read("[".repeat(500))).isInstanceOf(StartException.class);
        assertThatThrownBy(() -> read("admin: &a [*a]")).isInstanceOf(StartException.class).hasMessageContaining("aliases written out");
        StringBuilder bomb = new StringBuilder("l0: &l0 [x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 24; i++) {
            bomb.append("l").append(i).append(": &l").append(i).append(" [*l").append(i - 1).append(",*l").append(i - 1).append("]\n");
        }
        assertThatThrownBy(() -> read(bomb.toString())).isInstanceOf(StartException.class).hasMessageContaining("aliases written out");
        assertThatThrownBy(() -> read("admin: {}\nadmin: {}")).hasMessageContaining("duplicate key");
        assertThatThrownBy(() -> BootstrapFile.read(folder.resolve("absent.yaml"))).hasMessageContaining("cannot be read");
    }
}
