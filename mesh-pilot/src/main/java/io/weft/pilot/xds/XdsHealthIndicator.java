package io.weft.pilot.xds;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Ready when both ports serve; otherwise says what is waited for. */
final class XdsHealthIndicator implements HealthIndicator {

    private final XdsServers servers;
    private final ServerCertificate certificate;
    private final boolean withTls;

    XdsHealthIndicator(XdsServers servers, ServerCertificate certificate, boolean withTls) {
        this.servers = servers;
        this.certificate = certificate;
        this.withTls = withTls;
    }

    @Override
    public Health health() {
        String waitsFor = certificate.waitsFor();
        if (!servers.isRunning()) {
            return Health.outOfService().withDetail("waitsFor", "the xDS servers to start").build();
        }
        if (withTls && waitsFor != null) {
            return Health.outOfService().withDetail("waitsFor", waitsFor).build();
        }
        return Health.up()
                .withDetail("plaintextPort", servers.plaintextPort())
                .withDetail("tlsPort", servers.tlsPort())
                .build();
    }
}
