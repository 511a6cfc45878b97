package io.weft.pilot.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a user can write is asked for by somebody who does something with it, or it is refused. A field that is only read and validated is one that its author
 * believes to hold, and that does not.
 */
class EveryFieldCountsTest {

    private static final String MODEL = "io.weft.pilot.model";

    /** What nobody asks for, and why that is right. */
    private static final Map<String, String> ASKED_BY_NOBODY = Map.ofEntries(
            Map.entry("ClientTls.credentialName", "refused"),
            Map.entry("Sidecar.Ingress.tls", "refused"),
            Map.entry("WorkloadGroup.HttpGet.scheme", "any but HTTP is refused"),
            Map.entry("Sidecar.Ingress.captureMode", "IPTABLES is refused, and the others are the same where nothing is captured"),
            Map.entry("Sidecar.Egress.captureMode", "as that of an ingress"),
            Map.entry("Telemetry.Tracing.providers", "any but the only one is refused"),
            Map.entry("Telemetry.Metrics.providers", "any but the only one is refused"),
            Map.entry("Gateway.Server.name", "for people"),
            Map.entry("Sidecar.Port.name", "for people"),
            Map.entry("Secret.type", "its keys say what it is good for"),
            Map.entry("Service.headless", "where nothing is captured a Service with an address of its own is like one without"),
            Map.entry("WorkloadGroup.Probe.initialDelay", "a workload is out of rotation until its first success anyway"));

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.weft.pilot");

    @Test
    void everyFieldIsAskedForBySomebody() {
        Set<String> unasked = new TreeSet<>();
        int seen = 0;
        for (JavaClass type : CLASSES) {
            if (type.getPackageName().equals(MODEL) && type.isRecord()) {
                for (RecordComponent component : type.reflect().getRecordComponents()) {
                    seen++;
                    if (!isAsked(type, component.getName())) {
                        unasked.add(type.getName().substring(MODEL.length() + 1).replace('$', '.') + "." + component.getName());
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(200);
        assertThat(unasked).as("read, perhaps validated, and then forgotten").isEqualTo(new TreeSet<>(ASKED_BY_NOBODY.keySet()));
    }

    private static boolean isAsked(JavaClass type, String component) {
        return Stream.concat(Stream.of(type), type.getAllRawInterfaces().stream())
                        .flatMap(declaring -> declaring.tryGetMethod(component).stream())
                        .flatMap(EveryFieldCountsTest::asking)
                        .anyMatch(access -> does(access.getOriginOwner()))
                || type.getField(component).getAccessesToSelf().stream().anyMatch(access -> usesItsOwn(access, component));
    }

    private static Stream<? extends JavaAccess<?>> asking(JavaMethod accessor) {
        return Stream.concat(accessor.getCallsOfSelf().stream(), accessor.getReferencesToSelf().stream());
    }

    private static boolean does(JavaClass origin) {
        String room = origin.getPackageName();
        return !room.equals(MODEL + ".parse") && !room.equals("io.weft.pilot.validate");
    }

    /** In a method that is about more than handing it on. */
    private static boolean usesItsOwn(JavaFieldAccess access, String component) {
        String by = access.getOrigin().getName();
        return access.getAccessType() == JavaFieldAccess.AccessType.GET
                && !by.equals(component)
                && !by.equals("<init>")
                && !by.startsWith("with");
    }
}
