package io.weft.pilot.xds;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How mesh-pilot serves xDS.
 *
 * @param plaintextPort      loopback port without TLS, registration and secrets; 0 is a free one, -1 none. Default 15010
 * @param tlsPort            port with mesh TLS or tokens; 0 is a free one, -1 none. Default 15012
 * @param certificates       folder with cert-chain.pem, key.pem and root-cert.pem, kept fresh by a certificate agent; default
 *                           {@code run/mesh-pilot/certs} below home
 * @param certificatesReload how often the folder is looked at. Default 1 s
 * @param maxStreams         ADS streams at a time over both ports. Default 5000
 * @param maxUnidentified    connections to the TLS port on which nobody has said who he is; of more the oldest is closed, and each after
 *                           {@code firstRequest}. Default 256
 * @param maxMessage         largest request. Default 4 MiB
 * @param maxNames           names one stream may subscribe to per resource type. Default 10000
 * @param firstRequest       how long a new stream may stay silent. Default 10 s
 * @param keepAlive          time without traffic after which a client is pinged. Default 30 s
 * @param nackBackoffMin     pause after the second rejection in a row of a type; doubles up to {@code nackBackoffMax}. Default 500 ms
 * @param nackBackoffMax     the longest such pause. Default 30 s
 * @param registrationGrace  how long a registered workload outlives its stream. Default 5 s
 */
@ConfigurationProperties("weft.pilot.xds")
public record XdsProperties(
        @DefaultValue("15010") int plaintextPort,
        @DefaultValue("15012") int tlsPort,
        @Nullable Path certificates,
        @DefaultValue("1s") Duration certificatesReload,
        @DefaultValue("5000") int maxStreams,
        @DefaultValue("256") int maxUnidentified,
        @DefaultValue("4MB") DataSize maxMessage,
        @DefaultValue("10000") int maxNames,
        @DefaultValue("10s") Duration firstRequest,
        @DefaultValue("30s") Duration keepAlive,
        @DefaultValue("500ms") Duration nackBackoffMin,
        @DefaultValue("30s") Duration nackBackoffMax,
        @DefaultValue("5s") Duration registrationGrace) {

    public XdsProperties {
        requirePort("plaintext-port", plaintextPort);
        requirePort("tls-port", tlsPort);
        require(maxStreams > 0, "max-streams", maxStreams, ">= 1");
        require(maxUnidentified > 0, "max-unidentified", maxUnidentified, ">= 1");
        require(maxNames > 0, "max-names", maxNames, ">= 1");
    }

    private static void requirePort(String name, int port) {
        require(port >= -1 && port <= 65535, name, port, "-1 to 65535");
    }

    private static void require(boolean ok, String name, int value, String expected) {
        if (!ok) {
            throw new IllegalArgumentException("weft.pilot.xds." + name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
