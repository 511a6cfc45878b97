package io.weft.ca;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What all parts of a mesh agree on ({@code weft.*}).
 *
 * @param home folder of everything the mesh keeps
 * @param trustDomain first part of every SPIFFE id
 * @param bindAddress where ports are bound
 * @param tokens which tokens are accepted
 */
@ConfigurationProperties("weft")
public record WeftProperties(
        @DefaultValue(".weft") Path home,
        @DefaultValue("cluster.local") String trustDomain,
        @DefaultValue("127.0.0.1") String bindAddress,
        @DefaultValue Tokens tokens) {

    /**
     * Tokens ({@code weft.tokens.*}).
     *
     * @param jwks file of the keys they are signed with, read again when it changes; default {@code tokens/jwks.json} below home
     * @param issuer the exact {@code iss}
     * @param audience what {@code aud} must hold
     */
    public record Tokens(
            @Nullable Path jwks, @DefaultValue("weft-launcher") String issuer, @DefaultValue("istio-ca") String audience) {}

    Path jwks() {
        Path named = tokens.jwks();
        return named == null ? home.resolve("tokens").resolve("jwks.json") : named;
    }
}
