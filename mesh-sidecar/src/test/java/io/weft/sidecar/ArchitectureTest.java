package io.weft.sidecar;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.weft.sidecar.bootstrap.SidecarApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rooms, and what is banned in them. */
class ArchitectureTest {

    private static final String ROOT = "io.weft.sidecar.";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(SidecarApplication.class.getProtectionDomain().getCodeSource().getLocation());

    /** A room is a folder at the top; of {@code observe} each folder is one, since the engine counts and the access log looks at the engine. */
    private static final SliceAssignment ROOMS = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String[] folders = type.getPackageName().startsWith(ROOT)
                    ? type.getPackageName().substring(ROOT.length()).split("\\.")
                    : new String[0];
            if (folders.length == 0) {
                return SliceIdentifier.ignore();
            }
            return folders[0].equals("observe") && folders.length > 1
                    ? SliceIdentifier.of("observe." + folders[1])
                    : SliceIdentifier.of(folders[0]);
        }

        @Override
        public String getDescription() {
            return "rooms of the sidecar";
        }
    };

    @Test
    void roomsAreFreeOfCycles() {
        slices().assignedFrom(ROOMS).should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void whatIsBelowKnowsNothingOfWhatIsAbove() {
        noClasses().that().resideInAnyPackage("io.weft.sidecar.resource..", "io.weft.sidecar.identity..", "io.weft.sidecar.message..", "io.weft.sidecar.loop..")
                .should().dependOnClassesThat().resideInAnyPackage(
                        "io.weft.sidecar.http..", "io.weft.sidecar.cluster..", "io.weft.sidecar.listener..", "io.weft.sidecar.xds..", "io.weft.sidecar.bootstrap..")
                .check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.weft.sidecar.bootstrap..")
                .should().dependOnClassesThat().resideInAPackage("io.weft.sidecar.bootstrap..")
                .check(CLASSES);
    }

    @Test
    void noOtherPartOfTheMeshAndNoFramework() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage(
                        "io.weft.pilot..", "io.weft.ca..", "io.weft.gateway..", "io.weft.telemetry..", "io.weft.demo..", "org.springframework..")
                .check(CLASSES);
    }

    @Test
    void nobodySleeps() {
        noClasses().should().callMethod(Thread.class, "sleep", long.class)
                .orShould().callMethod(Thread.class, "sleep", long.class, int.class)
                .check(CLASSES);
    }

    /** Requests are matched by RE2/J only; the one user here tells YAML's scalars apart in the operator's own file. */
    @Test
    void noBacktrackingRegexes() {
        noClasses().that().doNotHaveFullyQualifiedName("io.weft.sidecar.bootstrap.YamlToJson$JsonScalars")
                .should().dependOnClassesThat().resideInAPackage("java.util.regex..")
                .check(CLASSES);
        for (String method : List.of("matches", "replaceAll", "replaceFirst")) {
            Class<?>[] parameters = method.equals("matches") ? new Class<?>[] {String.class} : new Class<?>[] {String.class, String.class};
            noClasses().should().callMethod(String.class, method, parameters).check(CLASSES);
        }
    }

    @Test
    void noFormattingOnTheRequestPath() {
        noClasses().that().resideInAnyPackage("io.weft.sidecar.http..", "io.weft.sidecar.route..", "io.weft.sidecar.cluster..", "io.weft.sidecar.layer..")
                .should().callMethod(String.class, "format", String.class, Object[].class)
                .orShould().callMethod(String.class, "format", Locale.class, String.class, Object[].class)
                .orShould().callMethod(String.class, "formatted", Object[].class)
                .check(CLASSES);
    }

    @Test
    void caseChangesNameTheirLocale() {
        noClasses().should().callMethod(String.class, "toLowerCase").orShould().callMethod(String.class, "toUpperCase").check(CLASSES);
    }

    /** In the source: compiled, every {@code try} with resources catches it. */
    @Test
    void nobodyCatchesThrowable() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContain("catch (Throwable", "catch (final Throwable", "catch (Error");
            }
        }
    }

    @Test
    void nothingIsPrinted() {
        noClasses().should().accessField(System.class, "out").orShould().accessField(System.class, "err").check(CLASSES);
    }

    /** Else all of the above would hold of nothing. */
    @Test
    void theEngineWasLookedAt() {
        assertThat(CLASSES.size()).isGreaterThan(300);
        assertThat(CLASSES.contain(ROOT + "http.Exchange")).isTrue();
    }
}
