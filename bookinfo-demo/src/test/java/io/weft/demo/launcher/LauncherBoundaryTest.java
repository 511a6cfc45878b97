package io.weft.demo.launcher;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Nothing passes between the parts but sockets and files: the launcher knows of a part only its {@code …Application}. */
class LauncherBoundaryTest {

    private static final DescribedPredicate<JavaClass> AN_APPLICATION = describe(
            "an …Application or something nested in one",
            type -> outermost(type).getSimpleName().endsWith("Application"));

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.weft.demo");

    @Test
    void theLauncherTouchesNothingOfAPartButItsApplication() {
        noClasses()
                .that()
                .resideInAPackage("io.weft.demo.launcher..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                                "io.weft.pilot..", "io.weft.ca..", "io.weft.sidecar..", "io.weft.gateway..", "io.weft.telemetry..")
                        .and(DescribedPredicate.not(AN_APPLICATION)))
                .check(classes);
    }

    @Test
    void theDemosServicesKnowNothingOfTheMesh() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.weft.demo.launcher..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.weft.pilot..", "io.weft.ca..", "io.weft.sidecar..", "io.weft.gateway..", "io.weft.telemetry.."))
                .check(classes);
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }
}
