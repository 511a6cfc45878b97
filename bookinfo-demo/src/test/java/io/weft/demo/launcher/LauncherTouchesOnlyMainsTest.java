package io.weft.demo.launcher;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What passes between the parts goes through sockets and files, though they share a JVM. */
class LauncherTouchesOnlyMainsTest {

    private static final JavaClasses DEMO = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.weft.demo");

    private static final DescribedPredicate<JavaClass> PART = resideInAnyPackage(
            "io.weft.ca..", "io.weft.pilot..", "io.weft.gateway..", "io.weft.sidecar..", "io.weft.telemetry..");

    /** A main class, or the handle nested in one that its start answers with. */
    private static final DescribedPredicate<JavaClass> MAIN = describe(
            "a main class",
            type -> type.getEnclosingClass().orElse(type).getSimpleName().endsWith("Application"));

    /** What mesh-gateway offers to the filters of its users. */
    private static final String OFFERED = "io.weft.gateway.filter.Caller";

    @Test
    void onlyTheLauncherKnowsThePartsAndOnlyTheirMains() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.weft.demo.team..")
                .should()
                .dependOnClassesThat(PART.and(DescribedPredicate.not(MAIN)))
                .check(DEMO);
        noClasses()
                .that()
                .resideInAPackage("io.weft.demo.team..")
                .should()
                .dependOnClassesThat(PART.and(DescribedPredicate.not(HasName.Predicates.name(OFFERED))))
                .check(DEMO);
        noClasses()
                .that()
                .doNotBelongToAnyOf(MeshParts.class)
                .and()
                .resideOutsideOfPackage("io.weft.demo.team..")
                .should()
                .dependOnClassesThat(PART)
                .check(DEMO);
    }

    @Test
    void theAppsDoNotKnowTheLauncher() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.weft.demo.launcher..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.weft.demo.launcher..")
                .check(DEMO);
    }
}
