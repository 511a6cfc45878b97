package io.weft.pilot.xds;

import java.net.InetAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What all parts of a mesh agree on ({@code weft.*}), as far as the ADS server needs it.
 *
 * @param home folder of everything the mesh keeps
 * @param trustDomain first part of every SPIFFE id
 * @param bindAddress where the TLS port is bound
 * @param tokens which tokens are accepted
 */
@ConfigurationProperties("weft")
public record WeftProperties(
        @DefaultValue(".weft") Path home,
        @DefaultValue("cluster.local") String trustDomain,
        @DefaultValue("127.0.0.1") InetAddress bindAddress,
        @DefaultValue Tokens tokens) {

    /**
     * Tokens ({@code weft.tokens.*}).
     *
     * @param jwks file of the keys they are signed with, read again when it changes; default {@code tokens/jwks.json} below home
     * @param issuer the exact {@code iss}
     */
    public record Tokens(@Nullable Path jwks, @DefaultValue("weft-launcher") String issuer) {}

    Path jwks() {
        Path named = tokens.jwks();
        return named == null ? home.resolve("tokens").resolve("jwks.json") : named;
    }
}
