package io.weft.telemetry.settings;

import java.net.InetAddress;
import java.nio.file.Path;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What all parts of a mesh agree on ({@code weft.*}), as far as mesh-telemetry needs it.
 *
 * @param home folder of everything the mesh keeps
 * @param trustDomain first part of every SPIFFE id
 * @param bindAddress where the TLS port and REST listen
 * @param pilot where mesh-pilot is
 */
@ConfigurationProperties("weft")
public record WeftProperties(
        @DefaultValue(".weft") Path home,
        @DefaultValue("cluster.local") String trustDomain,
        @DefaultValue("127.0.0.1") InetAddress bindAddress,
        @DefaultValue Pilot pilot) {

    /**
     * mesh-pilot ({@code weft.pilot.*}).
     *
     * @param address its REST API: scheme, host and port; empty: there is none, only configured targets are scraped
     */
    public record Pilot(@DefaultValue("http://127.0.0.1:15014") String address) {}
}
