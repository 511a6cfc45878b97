package io.weft.pilot;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What all parts of a mesh agree on ({@code weft.*}), as far as mesh-pilot needs it.
 *
 * @param home folder of everything the mesh keeps
 * @param trustDomain first part of every SPIFFE id
 * @param config where configuration is read
 */
@ConfigurationProperties("weft")
public record MeshProperties(
        @DefaultValue(".weft") Path home,
        @DefaultValue("cluster.local") String trustDomain,
        @DefaultValue Config config) {

    /**
     * The folder of YAML ({@code weft.config.*}).
     *
     * @param dir the folder; default {@code config} below home
     * @param rescan how often it is looked through even when the system reports no change
     */
    public record Config(@Nullable Path dir, @DefaultValue("2s") Duration rescan) {}

    Path configDir() {
        return config.dir() == null ? home.resolve("config") : config.dir();
    }
}
