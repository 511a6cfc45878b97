package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

class KnownPropertiesTest {

    /** What the launcher tells each part by itself, or what would mean something else for each of them. */
    private static final Set<String> NOT_FOR_THE_LAUNCHER = Set.of(
            "weft.role",
            "weft.part",
            "weft.namespace",
            "weft.service-account",
            "weft.token-file",
            "weft.register-group",
            "weft.workload-group",
            "weft.app.ports",
            "weft.inbound-ports",
            "weft.proxy-port",
            "weft.labels",
            "weft.cluster-domain",
            "weft.kubernetes.enabled",
            "weft.address",
            "weft.state-dir",
            "weft.metadata",
            "weft.sidecar.management-port",
            "weft.xds.address",
            "weft.tokens.jwks",
            "weft.telemetry.address",
            "weft.telemetry.certs-dir",
            "weft.telemetry.scrape.targets",
            "weft.pilot.address",
            "weft.tokens.issuer",
            "weft.tokens.audience",
            "weft.ca.address",
            "weft.ca.root-cert",
            "weft.ca.dir",
            "weft.ca.kubernetes.enabled",
            "weft.ca.kubernetes.kubeconfig",
            "weft.ca.kubernetes.patience",
            "weft.ca.kubernetes.review-timeout",
            "weft.ca.kubernetes.reviews-at-a-time",
            "weft.ca.kubernetes.reviews-per-second",
            "weft.ca.kubernetes.resync",
            "weft.pilot.xds.certificates",
            "weft.app.instance",
            "weft.app.http-proxy",
            "weft.app.http-proxy-file",
            "weft.reviews.ratings-enabled",
            "weft.reviews.star-color");

    private static final Set<String> OF_THE_LAUNCHER_AND_THE_BUILD =
            Set.of("weft.demo.isolation", "weft.demo.spring-sidecars", "weft.httpbin-external.port", "weft.run.jdkArguments", "weft.test.jvmArguments");

    @Test
    void theListIsWhatThePartsRead() throws ClassNotFoundException {
        Set<String> read = new TreeSet<>();
        ClassPathScanningCandidateComponentProvider scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        for (var found : scan.findCandidateComponents("io.weft")) {
            Class<?> type = ClassUtils.forName(found.getBeanClassName(), getClass().getClassLoader());
            String prefix = AnnotationUtils.findAnnotation(type, ConfigurationProperties.class).value();
            assertThat(type.isRecord()).as("%s is a record", type).isTrue();
            collect(read, prefix, type);
        }
        Set<String> expected = new TreeSet<>(read);
        expected.removeAll(NOT_FOR_THE_LAUNCHER);
        expected.addAll(OF_THE_LAUNCHER_AND_THE_BUILD);

        assertThat(read).as("the scan finds the parts' properties").contains("weft.pilot.xds.tls-port", "weft.ingress.http-port");
        assertThat(KnownProperties.ALL).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static void collect(Set<String> names, String prefix, Class<?> type) {
        for (RecordComponent component : type.getRecordComponents()) {
            String name = prefix + "." + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            if (component.getType().isRecord()) {
                collect(names, name, component.getType());
            } else {
                names.add(name);
            }
        }
    }

    @Test
    void aMistypedOneIsALineWithWhatWasMeant() {
        assertThat(KnownProperties.refused(List.of("weft.ingres.http-port", "java.home", "weft.home")))
                .containsExactly("-Dweft.ingres.http-port: unknown property (expected: perhaps weft.ingress.http-port)");
        assertThat(KnownProperties.refused(List.of("weft.ingress.httpPort")))
                .containsExactly("-Dweft.ingress.httpPort: unknown property (expected: perhaps weft.ingress.http-port)");
        assertThat(KnownProperties.refused(List.of("weft.nothing.like.any.of.them.at.all")))
                .singleElement()
                .asString()
                .endsWith("(expected: one of those in docs/modules.md)");
    }

    @Test
    void aPlaceInAListIsFine() {
        assertThat(KnownProperties.refused(List.of("weft.ca.dns-names[0]", "weft.pilot.allowed-hosts[1]"))).isEmpty();
    }
}
