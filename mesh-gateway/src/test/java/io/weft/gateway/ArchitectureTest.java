package io.weft.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rooms, and what is banned in them. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.weft.gateway");

    @Test
    void roomsAreFreeOfCycles() {
        slices().matching("io.weft.gateway.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void aRoleKnowsNothingOfThePipeline() {
        noClasses()
                .that()
                .resideInAPackage("io.weft.gateway.role..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.weft.gateway.engine..", "reactor..", "io.netty.channel..")
                .check(CLASSES);
    }

    @Test
    void nobodySleepsOrMatchesRequestsWithBacktrackingRegexes() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
        noClasses().should().dependOnClassesThat().resideInAPackage("java.util.regex..").check(CLASSES);
    }
}
