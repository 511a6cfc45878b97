package io.weft.pilot;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rooms of mesh-pilot, and what is banned in all of them. */
class ArchitectureTest {

    private static final String ROOT = "io.weft.pilot";

    /**
     * Each room uses those before it and none behind it. {@code disk} is only about files; {@code registry} makes services and endpoints of the objects that
     * {@code source} accepted, {@code state} holds both; {@code xds} and {@code api} are two ends that do not know each other.
     */
    private static final List<String> ROOMS =
            List.of("disk", "model", "validate", "source", "registry", "state", "routing", "generate", "xds", "api");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT);

    @Test
    void roomsHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void dataWalksDownTheRooms_andDoesNotComeBackUp() {
        for (int i = 0; i < ROOMS.size(); i++) {
            List<String> behind = new ArrayList<>();
            ROOMS.subList(i + 1, ROOMS.size()).forEach(room -> behind.add(ROOT + "." + room + ".."));
            if (!behind.isEmpty()) {
                noClasses()
                        .that()
                        .resideInAPackage(ROOT + "." + ROOMS.get(i) + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(behind.toArray(String[]::new))
                        .check(CLASSES);
            }
        }
        noClasses().that().resideInAPackage(ROOT + ".api..").should().dependOnClassesThat().resideInAPackage(ROOT + ".xds..").check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage(ROOT + ".state..", ROOT + ".routing..", ROOT + ".generate..", ROOT + ".xds..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + ".source..", ROOT + ".validate..", ROOT + ".model.parse..")
                .because("behind the state nobody asks where an object came from")
                .check(CLASSES);
    }

    @Test
    void onlyWhatReadsTextSeesYaml() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".model.parse..", ROOT + ".source..", ROOT + ".api..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.yaml..")
                .check(CLASSES);
    }

    @Test
    void onlyGeneratorsAndTheServerSeeXds() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".generate..", ROOT + ".xds..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.envoyproxy..", "com.google.protobuf..", "io.grpc..", "io.weft.api..")
                .check(CLASSES);
    }

    @Test
    void theSiblingsAreMetOnTheWireOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.weft..")
                        .and(JavaClass.Predicates.resideOutsideOfPackages(ROOT + "..", "io.weft.api..")))
                .because("io.weft.api is generated from the wire's own description, and each module has its own")
                .check(CLASSES);
    }

    @Test
    void whatIsBannedEverywhere() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class).check(CLASSES);
        noClasses().should().dependOnClassesThat().resideInAPackage("java.util.regex..").check(CLASSES);
        noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err").check(CLASSES);
        noClasses()
                .should()
                .callMethod(String.class, "toLowerCase")
                .orShould()
                .callMethod(String.class, "toUpperCase")
                .because("the case of a letter depends on the machine's language then")
                .check(CLASSES);
        noClasses().should(regexByString()).because("these are regular expressions in disguise").check(CLASSES);
    }

    /** Read from the source: a try with resources compiles to the same bytes. */
    @Test
    void nobodyCatchesThrowable() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".java")).toList())
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readString(file)).doesNotContain("catch (Throwable"));
        }
    }

    private static ArchCondition<JavaClass> regexByString() {
        Set<String> disguised = Set.of("matches", "replaceAll", "replaceFirst");
        return ArchConditions.callMethodWhere(JavaAccess.Predicates.target(
                DescribedPredicate.describe(
                        "String." + disguised,
                        target -> target.getOwner().isEquivalentTo(String.class) && disguised.contains(target.getName()))));
    }
}
