package io.weft.telemetry;

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

/** The rooms of mesh-telemetry, and what is banned in all of them. */
class ArchitectureTest {

    private static final String ROOT = "io.weft.telemetry";

    /** Each room uses those before it and none behind it. What comes in is put into the store; graph and query read that. */
    private static final List<String> ROOMS = List.of("settings", "store", "ingest", "graph", "query", "console");

    private static final List<String> WAYS_IN = List.of("als", "otlp", "zipkin", "scrape");

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT);

    @Test
    void roomsHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void dataWalksDownTheRooms_andDoesNotComeBackUp() {
        for (int i = 0; i < ROOMS.size() - 1; i++) {
            List<String> behind = new ArrayList<>();
            ROOMS.subList(i + 1, ROOMS.size()).forEach(room -> behind.add(ROOT + "." + room + ".."));
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + "." + ROOMS.get(i) + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(behind.toArray(String[]::new))
                    .check(CLASSES);
        }
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".graph..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".ingest..")
                .because("the graph is made of what is kept")
                .check(CLASSES);
    }

    @Test
    void theWaysInDoNotKnowEachOther() {
        for (String way : WAYS_IN) {
            List<String> others = WAYS_IN.stream()
                    .filter(other -> !other.equals(way))
                    .map(other -> ROOT + ".ingest." + other + "..")
                    .toList();
            noClasses()
                    .that()
                    .resideInAPackage(ROOT + ".ingest." + way + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others.toArray(String[]::new))
                    .check(CLASSES);
        }
    }

    @Test
    void onlyTheWaysInSeeForeignMessages() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".ingest..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.envoyproxy..", "io.opentelemetry..", "com.google.protobuf..", "io.grpc..")
                .check(CLASSES);
    }

    @Test
    void theSiblingsAreMetOnTheWireOnly() {
        noClasses()
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.weft..")
                        .and(JavaClass.Predicates.resideOutsideOfPackage(ROOT + "..")))
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
