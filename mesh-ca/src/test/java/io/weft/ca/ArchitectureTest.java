package io.weft.ca;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.weft.ca.authority.Authority;
import java.security.PublicKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

    private final JavaClasses classes =
            new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.weft.ca");

    @Test
    void everyCertificateOfAWorkloadPassesTheGate() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.weft.ca.attest.IssuanceGate")
                .and()
                .doNotHaveFullyQualifiedName("io.weft.ca.rotate.ServerCertificate")
                .should()
                .callMethod(Authority.class, "issue", io.weft.ca.authority.Subject.class, PublicKey.class, Duration.class)
                .check(classes);
    }

    @Test
    void withoutKubernetesNothingOfItsClientIsNeeded() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.weft.ca.kubernetes")
                .and()
                .doNotHaveFullyQualifiedName("io.weft.ca.KubernetesConfiguration")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.weft.ca.kubernetes")
                .check(classes);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching("io.weft.ca.(*)..").should().beFreeOfCycles().check(classes);
    }
}
