package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The archive of classes that parts in their own processes share, made by a real JVM. */
@Timeout(120)
class SharedClassesIT {

    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    Path temp;

    private final Logger logger = (Logger) LoggerFactory.getLogger("weft.progress");
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private final List<SharedClasses> opened = new ArrayList<>();
    private Path home;
    private Path folder;
    private String classPath;

    /** The class path of a launcher that has little to archive: its own classes, without the libraries. */
    @BeforeEach
    void begin() throws Exception {
        said.start();
        logger.addAppender(said);
        home = temp.resolve("home");
        folder = Files.createDirectories(temp.resolve("classes"));
        Path classes = Path.of(ArchiveMain.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        for (String name : List.of("io/weft/demo/launcher", "weft-classes.txt")) {
            copy(classes, name);
        }
        Path tests = Path.of(TinyPart.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        copy(tests, "io/weft/demo/launcher/TinyPart.class");
        classPath = folder.toString();
    }

    private void copy(Path from, String name) throws IOException {
        try (Stream<Path> files = Files.walk(from.resolve(name))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(from.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
    }

    @AfterEach
    void end() {
        opened.forEach(SharedClasses::close);
        logger.detachAppender(said);
    }

    @Test
    void theArchiveIsMadeOnce_andPartsTakeTheirClassesFromIt() throws Exception {
        SharedClasses first = made();
        assertThat(first.isMissing()).isFalse();
        assertThat(loaded(first)).contains("io.weft.demo.launcher.TinyPart source: shared objects file (top)");

        first.close();
        SharedClasses second = classes();
        assertThat(second.isMissing()).isFalse();
        assertThat(second.options()).isEqualTo(first.options()).hasSize(1);
        assertThat(second.classPath()).isEqualTo(first.classPath()).endsWith(".jar");
        assertThat(messages()).isEmpty();
    }

    /** Whoever starts beside it waits for this; if it did not come, nothing would start. */
    @Test
    void aCoreIsFree_onceAllIsLoaded_alsoIfThereIsNoArchiveThen() throws Exception {
        SharedClasses good = classes();
        assertThat(good.isMissing()).isTrue();
        CompletableFuture<Void> making = CompletableFuture.runAsync(() -> makeWith(good, JAVA));
        good.awaitOneCore();
        making.get(60, TimeUnit.SECONDS);
        assertThat(good.isMissing()).isFalse();
        assertThat(archive(good).getParent()).isDirectoryNotContaining("glob:**draft-*");

        Files.writeString(folder.resolve("new.txt"), "new");
        SharedClasses failed = classes();
        assertThat(failed.isMissing()).isTrue();
        makeWith(failed, temp.resolve("no-such-java").toString());
        failed.awaitOneCore();

        SharedClasses closed = classes();
        closed.close();
        makeWith(closed, JAVA);
        closed.awaitOneCore();
    }

    private static void makeWith(SharedClasses classes, String java) {
        try {
            classes.make(List.of(java));
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    @Test
    void aNewBuild_getsItsOwnJarsAndArchive_andTheOldOnesGo() throws Exception {
        SharedClasses old = made();
        String before = old.classPath();
        old.close();
        Files.createDirectories(home.resolve("classes/draft-of-a-killed-launcher"));
        Files.writeString(folder.resolve("new.txt"), "new");

        SharedClasses after = classes();

        assertThat(after.isMissing()).isTrue();
        assertThat(after.options()).isEmpty();
        assertThat(after.classPath()).isNotEqualTo(before);
        assertThat(Path.of(before).getParent()).doesNotExist();
        assertThat(home.resolve("classes/draft-of-a-killed-launcher")).doesNotExist();
        assertThat(messages()).isEmpty();
    }

    @Test
    void whatALiveLauncherOfAnotherBuildUses_stays() throws Exception {
        Process other = new ProcessBuilder(
                        JAVA, "-cp", System.getProperty("java.class.path"), OtherLauncher.class.getName(), home.toString(), classPath)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = other.inputReader(StandardCharsets.UTF_8)) {
            Path jar = Path.of(said.readLine());
            Files.writeString(folder.resolve("new.txt"), "new");
            assertThat(classes().classPath()).endsWith(".jar").isNotEqualTo(jar.toString());
            assertThat(jar).exists();
        } finally {
            other.destroyForcibly().waitFor();
        }
    }

    /** Uses a build until it is killed. */
    static final class OtherLauncher {
        public static void main(String[] args) throws IOException {
            System.out.println(new SharedClasses(Path.of(args[0]), args[1]).classPath());
            System.in.read();
        }
    }

    @Test
    void aDamagedArchive_isOneWarning_andMadeAgain() throws Exception {
        SharedClasses first = made();
        Path archive = archive(first);
        first.close();
        Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-r--r--"));
        try (FileChannel file = FileChannel.open(archive, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap("damage".getBytes(StandardCharsets.UTF_8)), file.size() / 2);
        }

        SharedClasses again = classes();
        assertThat(again.options()).isEmpty();
        assertThat(loaded(again)).as("without it").contains("io.weft.demo.launcher.TinyPart source: file:");
        assertThat(messages()).hasSize(1).allMatch(line -> line.startsWith("  " + archive + " is damaged (CRC "));

        again.make(List.of(JAVA));
        assertThat(loaded(again)).contains("io.weft.demo.launcher.TinyPart source: shared objects file (top)");
        assertThat(messages()).hasSize(1);
    }

    @Test
    void aJvmThatMakesNone_isOneWarning_andPartsStartWithout() throws Exception {
        SharedClasses classes = classes();
        assertThat(classes.isMissing()).isTrue();

        classes.make(List.of(JAVA, "-XX:NoSuchOption"));

        assertThat(messages())
                .containsExactly("  no archive of classes, so parts take longer to start: ended with status 1 (" + home.resolve("logs/class-archive.log") + ")");
        assertThat(classes.options()).isEmpty();
        assertThat(loaded(classes)).contains("io.weft.demo.launcher.TinyPart source: file:");
    }

    @Test
    void whatFailed_leavesNoDraft() throws Exception {
        Path nowhere = Files.createSymbolicLink(folder.resolve("dangling"), temp.resolve("nowhere"));
        assertThat(classes().classPath()).isEqualTo(classPath);
        try (Stream<Path> left = Files.list(home.resolve("classes"))) {
            assertThat(left.filter(Files::isDirectory)).isEmpty();
        }

        Files.delete(nowhere);
        SharedClasses classes = classes();
        Path killed = Files.writeString(archive(classes).resolveSibling("draft-1.jsa"), "of a launcher that was killed");
        classes.make(List.of(temp.resolve("no-such-java").toString()));
        assertThat(killed).doesNotExist();
    }

    @Test
    void whereNothingCanBeWritten_partsStartFromTheFolders() throws Exception {
        Files.writeString(Files.createDirectories(home).resolve("classes"), "a file in its place");
        SharedClasses classes = classes();

        assertThat(classes.classPath()).isEqualTo(classPath);
        assertThat(classes.isMissing()).isFalse();
        assertThat(classes.options()).isEmpty();
        assertThat(messages()).hasSize(1).allMatch(line -> line.contains("parts start from class folders"));
    }

    @Test
    void onceEverythingStops_noneIsMade() throws Exception {
        SharedClasses classes = classes();
        classes.close();
        classes.make(List.of(JAVA));
        assertThat(archive(classes)).doesNotExist();
        assertThat(messages()).isEmpty();
    }

    private SharedClasses classes() {
        SharedClasses classes = new SharedClasses(home, classPath);
        opened.add(classes);
        return classes;
    }

    private SharedClasses made() throws InterruptedException {
        SharedClasses classes = classes();
        assertThat(classes.isMissing()).isTrue();
        classes.make(List.of(JAVA));
        return classes;
    }

    private static Path archive(SharedClasses classes) {
        return Path.of(classes.classPath()).resolveSibling("classes.jsa");
    }

    /** What a part loads that is started with these, and from where. */
    private String loaded(SharedClasses classes) throws Exception {
        List<String> command = new ArrayList<>(List.of(JAVA, "-Xlog:class+load"));
        command.addAll(classes.options());
        command.addAll(List.of("-cp", classes.classPath(), TinyPart.class.getName(), "--end=0"));
        Path output = temp.resolve("loaded.txt");
        assertThat(new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor()).isZero();
        return Files.readString(output);
    }

    private List<String> messages() {
        return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
