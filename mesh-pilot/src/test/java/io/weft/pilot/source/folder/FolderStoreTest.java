package io.weft.pilot.source.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.model.parse.YamlReader;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ConfigStore.Result;
import io.weft.pilot.source.ConflictException;
import io.weft.pilot.source.InadmissibleException;
import io.weft.pilot.source.Refusal;
import io.weft.pilot.source.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest {

    private static final ObjectKey REVIEWS = new ObjectKey(Kind.VIRTUAL_SERVICE, "default", "reviews");

    @TempDir
    Path temp;

    private Path folder;
    private Path state;
    private final AtomicInteger changes = new AtomicInteger();

    @BeforeEach
    void folders() throws IOException {
        folder = Files.createDirectories(temp.resolve("config"));
        state = temp.resolve("pilot");
    }

    @Test
    void files_areReadInSubfoldersToo_andHiddenOnesAreNot() throws IOException {
        Files.createDirectories(folder.resolve("bookinfo"));
        Files.writeString(folder.resolve("bookinfo/reviews.yaml"), service("reviews", "3s"));
        Files.writeString(folder.resolve("ratings.json"), "{\"apiVersion\": \"networking.istio.io/v1\", \"kind\":"
                + " \"VirtualService\", \"metadata\": {\"name\": \"ratings\"}, \"spec\": {\"hosts\": [\"ratings\"], \"http\":"
                + " [{\"route\": [{\"destination\": {\"host\": \"ratings\"}}]}]}}");
        Files.writeString(folder.resolve(".hidden.yaml"), service("hidden", "3s"));
        Files.writeString(folder.resolve("notes.txt"), "not yaml: [");
        FolderStore store = open();
        assertThat(store.current().objects()).hasSize(2).containsKey(REVIEWS);
        assertThat(store.current().refusals()).isEmpty();
    }

    @Test
    void badDocument_neverBlocksAGoodOne_andItsLastGoodVersionStays() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("reviews", "3s") + "---\n" + service("details", "3s"));
        FolderStore store = open();
        Files.writeString(file, service("reviews", "-3s") + "---\n" + service("details", "5s"));
        store.firstScan();
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(3));
        assertThat(timeout(store, "details")).isEqualTo(Duration.ofSeconds(5));
        assertThat(store.current().refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.file()).isEqualTo("a.yaml");
            assertThat(refusal.document()).isZero();
            assertThat(refusal.key()).isEqualTo(REVIEWS);
            assertThat(refusal.lastGoodInForce()).isTrue();
            assertThat(refusal.problems().get(0).toString()).isEqualTo("spec.http[0].timeout: -3s (expected: 0s or >= 1ms)");
        });
    }

    @Test
    void halfWrittenFile_keepsItsObjects() throws IOException {
        Path file = folder.resolve("a.yaml");
        String whole = service("reviews", "3s") + "---\n" + service("details", "3s");
        Files.writeString(file, whole);
        FolderStore store = open();
        Files.writeString(file, whole.substring(0, whole.length() - 60) + "\n  [");
        store.firstScan();
        assertThat(store.current().objects()).hasSize(2);
        assertThat(store.current().refusals()).isNotEmpty();
        Files.writeString(file, whole);
        store.firstScan();
        assertThat(store.current().refusals()).isEmpty();
    }

    @Test
    void emptiedFile_isNotBelievedAtOnce() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("reviews", "3s"));
        FolderStore store = open();
        Files.writeString(file, "");
        assertThat(store.scan().unsettled()).isTrue();
        assertThat(store.current().objects()).hasSize(1);
    }

    @Test
    void deletedFile_takesItsObjectsAlong() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("reviews", "3s"));
        FolderStore store = open();
        Files.delete(file);
        assertThat(store.scan().unsettled()).as("an editor may be renaming").isTrue();
        assertThat(store.current().objects()).hasSize(1);
        store.firstScan();
        assertThat(store.current().objects()).isEmpty();
    }

    @Test
    void duplicate_theFirstFileByNameWins() throws IOException {
        Files.writeString(folder.resolve("b.yaml"), service("reviews", "9s"));
        Files.writeString(folder.resolve("a.yaml"), service("reviews", "3s"));
        FolderStore store = open();
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(3));
        assertThat(store.current().refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.file()).isEqualTo("b.yaml");
            assertThat(refusal.toString()).contains("already defined in a.yaml");
        });
    }

    @Test
    void linkThatLeavesTheFolder_isRefused() throws IOException {
        Path outside = temp.resolve("outside.yaml");
        Files.writeString(outside, service("reviews", "3s"));
        Files.createSymbolicLink(folder.resolve("link.yaml"), outside);
        FolderStore store = open();
        assertThat(store.current().objects()).isEmpty();
        assertThat(store.current().refusals()).extracting(Refusal::toString).singleElement().asString().contains("leaves the folder");
    }

    @Test
    void linkInsideTheFolder_isFollowed() throws IOException {
        Files.createDirectories(folder.resolve("..data"));
        Files.writeString(folder.resolve("..data/reviews.yaml"), service("reviews", "3s"));
        Files.createSymbolicLink(folder.resolve("reviews.yaml"), folder.resolve("..data/reviews.yaml"));
        assertThat(open().current().objects()).containsKey(REVIEWS);
    }

    @Test
    void hugeFileAndTooManyDocuments_areRefused_andNothingElse() throws IOException {
        Files.writeString(folder.resolve("huge.yaml"), "a: " + "x".repeat(10 << 20));
        Files.writeString(folder.resolve("many.yaml"), "---\na: 1\n".repeat(100_000));
        Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE9});
        Files.writeString(folder.resolve("good.yaml"), service("reviews", "3s"));
        FolderStore store = open();
        assertThat(store.current().objects()).containsOnlyKeys(REVIEWS);
        assertThat(store.current().refusals()).hasSize(3).allMatch(refusal -> refusal.document() == -1);
    }

    @Test
    void restart_keepsVersionsCreationTimes_andTheLastGood() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("reviews", "3s"));
        AcceptedObject before = open().current().objects().get(REVIEWS);
        assertThat(open().current().objects().get(REVIEWS)).isEqualTo(before);
        Files.writeString(file, service("reviews", "3s").replace("VirtualService", "VirtualServise"));
        FolderStore restarted = open();
        assertThat(restarted.current().objects().get(REVIEWS)).isEqualTo(before);
        assertThat(restarted.current().refusals()).hasSize(1);
        Files.writeString(file, service("reviews", "4s"));
        restarted.firstScan();
        AcceptedObject after = restarted.current().objects().get(REVIEWS);
        assertThat(after.object().meta().creationTimestamp()).isEqualTo(before.object().meta().creationTimestamp());
        assertThat(after.object().meta().generation()).isEqualTo(2);
        assertThat(after.object().meta().resourceVersion()).isNotEqualTo(before.object().meta().resourceVersion());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("accepted.jsonl"))))
                .isEqualTo("rw-------");
    }

    @Test
    void write_replacesOnlyItsOwnDocument() throws Exception {
        Path file = folder.resolve("a.yaml");
        String text = "# Ours since 2026\n" + service("details", "1s")
                + "# before the marker\n--- # reviews follow\n# about reviews\n\n" + service("reviews", "3s")
                + "\n# after reviews\n---\n# ratings:   odd   spacing\n" + service("ratings", "1s") + "# the end\n";
        Files.writeString(file, text);
        FolderStore store = open();
        write(store, service("reviews", "7s"), null);
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(7));
        String edited = Files.readString(file);
        assertThat(edited)
                .startsWith("# Ours since 2026\n" + service("details", "1s") + "# before the marker\n--- # reviews follow\n# about reviews\n\n")
                .endsWith("\n# after reviews\n---\n# ratings:   odd   spacing\n" + service("ratings", "1s") + "# the end\n")
                .contains("timeout: 7s")
                .doesNotContain("timeout: 3s");
        assertThat(store.current().refusals()).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void deleteOfOneDocument_leavesTheOthers_andOfTheLast_removesTheFile() throws Exception {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("details", "1s") + "---\n" + service("reviews", "3s"));
        FolderStore store = open();
        assertThat(delete(store, REVIEWS)).isEqualTo(Result.DELETED);
        assertThat(Files.readString(file)).isEqualTo(service("details", "1s"));
        assertThat(delete(store, REVIEWS)).isEqualTo(Result.NOT_FOUND);
        delete(store, new ObjectKey(Kind.VIRTUAL_SERVICE, "default", "details"));
        assertThat(file).doesNotExist();
        assertThat(store.current().objects()).isEmpty();
    }

    @Test
    void staleVersion_isAConflict() throws Exception {
        FolderStore store = open();
        String first = write(store, service("reviews", "3s"), null).object().meta().resourceVersion();
        write(store, service("reviews", "4s"), first);
        assertThatThrownBy(() -> write(store, service("reviews", "5s"), first))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(first);
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void newObject_hasAFileOfItsOwn_aSecretsIsPrivate() throws Exception {
        FolderStore store = open();
        write(store, service("reviews", "3s"), null);
        assertThat(folder.resolve("virtualservices.default.reviews.yaml")).exists();
        ObjectKey secret = new ObjectKey(Kind.SECRET, "default", "s");
        Map<String, ?> document = document("{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: YQ==}}");
        store.change(List.of(Change.create(secret, document)), false);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(folder.resolve("secrets.default.s.yaml"))))
                .isEqualTo("rw-------");
    }

    @Test
    void severalChanges_areMadeTogetherOrNotAtAll() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), service("reviews", "3s"));
        FolderStore store = open();
        int before = changes.get();
        Change details = Change.write(key("details"), document(service("details", "1s")), null);
        Change reviews = Change.write(REVIEWS, document(service("reviews", "4s")), null);
        store.change(List.of(details, reviews), false);
        assertThat(changes.get()).isEqualTo(before + 1);

        // Nothing can be written where a folder stands.
        Files.createDirectories(folder.resolve("virtualservices.default.stuck.yaml"));
        Change stuck = Change.write(key("stuck"), document(service("stuck", "1s")), null);
        assertThatThrownBy(() -> store.change(List.of(Change.delete(key("details"), null), stuck), false))
                .isInstanceOf(IOException.class);
        Change stale = Change.write(REVIEWS, document(service("reviews", "5s")), "1");
        assertThatThrownBy(() -> store.change(List.of(Change.delete(key("details"), null), stale), false))
                .isInstanceOf(ConflictException.class);
        assertThat(store.current().objects()).containsOnlyKeys(REVIEWS, key("details"));
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(4));
        assertThatThrownBy(() -> store.change(List.of(reviews, reviews), false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFileThatWouldBeTooLarge_isNotWritten() throws Exception {
        String filler = "# " + "x".repeat(100) + "\n";
        String text = filler.repeat((1 << 20) / filler.length() - 4) + service("reviews", "3s");
        Files.writeString(folder.resolve("a.yaml"), text);
        FolderStore store = open();
        String longer = service("reviews", "3s").replace("name: reviews", "name: reviews\n  annotations: {a: " + "y".repeat(1000) + "}");
        assertThatThrownBy(() -> write(store, longer, null))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("does not fit into a.yaml")
                .hasMessageContaining("expected: at most 1048576");
        assertThat(folder.resolve("a.yaml")).hasContent(text);
    }

    @Test
    void jsonFile_keepsItsOtherItems() throws Exception {
        String item = "{\"apiVersion\": \"v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"%s\"}, \"spec\": {\"ports\": [{\"port\": 80}]}}";
        Files.writeString(
                folder.resolve("a.json"),
                "{\"kind\": \"List\", \"items\": [" + item.formatted("one") + ", " + item.formatted("two") + "]}");
        FolderStore store = open();
        ObjectKey one = new ObjectKey(Kind.SERVICE, "default", "one");
        ObjectKey two = new ObjectKey(Kind.SERVICE, "default", "two");
        store.change(List.of(Change.write(one, document(item.formatted("one").replace("80", "81")), null)), false);
        assertThat(store.current().objects()).containsOnlyKeys(one, two);
        assertThat(folder.resolve("a.json")).content().contains("81").contains("80");
        assertThat(delete(store, one)).isEqualTo(Result.DELETED);
        assertThat(store.current().objects()).containsOnlyKeys(two);
        assertThat(delete(store, two)).isEqualTo(Result.DELETED);
        assertThat(folder.resolve("a.json")).doesNotExist();
    }

    @Test
    void unchangedObject_leavesItsFileAsItIs_butABrokenOneIsMended() throws Exception {
        Path file = folder.resolve("a.yaml");
        String odd = service("reviews", "3s").replace("hosts: [reviews]", "hosts:   [ reviews ]  # odd");
        Files.writeString(file, odd);
        FolderStore store = open();
        write(store, service("reviews", "3s"), null);
        assertThat(file).hasContent(odd);
        Files.writeString(file, service("reviews", "-3s"));
        store.firstScan();
        assertThat(store.current().refusals()).hasSize(1);
        write(store, service("reviews", "3s"), null);
        assertThat(store.current().refusals()).isEmpty();
        assertThat(file).content().contains("timeout: 3s");
    }

    @Test
    void anUnchangedFile_isNoChange() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), service("reviews", "3s"));
        FolderStore store = open();
        int before = changes.get();
        Files.writeString(folder.resolve("a.yaml"), "# a comment\n" + service("reviews", "3s"));
        store.firstScan();
        assertThat(changes).hasValue(before);
    }

    /** Refuses every object whose timeout is this. */
    private static Admission against(AtomicReference<Duration> timeout) {
        return (object, all) -> ((VirtualService) object).http().get(0).timeout().equals(timeout.get())
                ? List.of(new Problem("spec.http[0].timeout", "not today"))
                : List.of();
    }

    @Test
    void whatIsNotAdmitted_waits_andItsLastGoodVersionStays() throws IOException {
        AtomicReference<Duration> unwanted = new AtomicReference<>(Duration.ofSeconds(5));
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("reviews", "3s") + "---\n" + service("details", "5s"));
        FolderStore store = open(against(unwanted));
        assertThat(store.current().objects()).containsOnlyKeys(REVIEWS);
        assertThat(store.current().refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.key()).isEqualTo(key("details"));
            assertThat(refusal.document()).isEqualTo(1);
            assertThat(refusal.lastGoodInForce()).isFalse();
        });

        Files.writeString(file, service("reviews", "5s") + "---\n" + service("details", "4s"));
        store.firstScan();
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(3));
        assertThat(timeout(store, "details")).isEqualTo(Duration.ofSeconds(4));
        assertThat(store.current().refusals()).singleElement().matches(Refusal::lastGoodInForce);

        FolderStore restarted = open(against(unwanted));
        assertThat(timeout(restarted, "reviews")).as("also after a restart").isEqualTo(Duration.ofSeconds(3));

        unwanted.set(Duration.ofSeconds(4));
        restarted.recheck();
        assertThat(timeout(restarted, "reviews")).isEqualTo(Duration.ofSeconds(5));
        assertThat(timeout(restarted, "details")).as("what is in force stays so").isEqualTo(Duration.ofSeconds(4));
        assertThat(restarted.current().refusals()).isEmpty();
    }

    @Test
    void aWriteThatIsNotAdmitted_writesNothing() throws Exception {
        FolderStore store = open(against(new AtomicReference<>(Duration.ofSeconds(5))));
        write(store, service("reviews", "3s"), null);
        List<Change> both = List.of(
                Change.write(key("details"), document(service("details", "1s")), null),
                Change.write(REVIEWS, document(service("reviews", "5s")), null));
        assertThatThrownBy(() -> store.change(both, false)).isInstanceOfSatisfying(InadmissibleException.class, refused -> {
            assertThat(refused.refused()).singleElement().satisfies(one -> {
                assertThat(one.change()).isEqualTo(1);
                assertThat(one.key()).isEqualTo(REVIEWS);
                assertThat(one.problems()).hasSize(1);
            });
        });
        assertThatThrownBy(() -> store.change(both, true)).as("a dry run says so too").isInstanceOf(InadmissibleException.class);
        assertThat(store.current().objects()).containsOnlyKeys(REVIEWS);
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void admission_seesWhatWillBe_notWhatWas() throws Exception {
        Admission oneOfATimeout = (object, all) -> all.stream()
                        .anyMatch(other -> !other.key().equals(object.key())
                                && ((VirtualService) other).http().get(0).timeout().equals(((VirtualService) object).http().get(0).timeout()))
                ? List.of(new Problem("spec", "taken"))
                : List.of();
        Files.writeString(folder.resolve("a.yaml"), service("a", "1s") + "---\n" + service("b", "2s"));
        FolderStore store = open(oneOfATimeout);
        store.change(
                List.of(
                        Change.write(key("a"), document(service("a", "2s")), null),
                        Change.write(key("b"), document(service("b", "1s")), null)),
                false);
        assertThat(timeout(store, "a")).isEqualTo(Duration.ofSeconds(2));
        assertThat(timeout(store, "b")).isEqualTo(Duration.ofSeconds(1));

        Files.writeString(folder.resolve("0-first.yaml"), service("c", "2s"));
        store.firstScan();
        assertThat(store.current().objects()).as("who was there first stays, whatever the file is called").doesNotContainKey(key("c"));
        delete(store, key("a"));
        store.firstScan();
        assertThat(store.current().objects()).as("what was in its way is gone").containsKey(key("c"));
    }

    @Test
    void aFileThatIsBeingWritten_losesNothing_alsoByAClockThatIsBehind() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("reviews", "3s"));
        FolderStore store = FolderStore.open(
                folder, state, Admission.ofEverything(), Clock.offset(Clock.systemUTC(), Duration.ofMillis(-500)), changes::incrementAndGet);
        store.firstScan();
        Files.writeString(file, "");
        assertThat(store.scan().unsettled()).isTrue();
        assertThat(store.current().objects()).containsOnlyKeys(REVIEWS);
    }

    @Test
    void aFileThatHasFewerObjectsThanBefore_isHalfOfOneForAWhile() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("reviews", "3s") + "---\n" + service("details", "3s"));
        FolderStore store = open();
        Files.writeString(file, service("reviews", "5s"));
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusMillis(100)));
        assertThat(store.scan().unsettled()).isTrue();
        assertThat(store.current().objects()).hasSize(2);
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(3));
        await().until(() -> !store.scan().unsettled());
        assertThat(store.current().objects()).containsOnlyKeys(REVIEWS);
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aFileThatIsEmptyAndOld_mayBeOneThatIsBeingTruncated() throws IOException {
        Path file = folder.resolve("a.yaml");
        Files.writeString(file, service("reviews", "3s"));
        FolderStore store = open();
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(store.scan().unsettled()).isTrue();
        assertThat(store.current().objects()).containsOnlyKeys(REVIEWS);
        Files.writeString(file, "kind: [");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(50)));
        store.scan();
        assertThat(store.current().objects()).as("garbage takes nothing along").containsOnlyKeys(REVIEWS);
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(40)));
        await().until(() -> !store.scan().unsettled());
        assertThat(store.current().objects()).as("it stayed empty").isEmpty();
    }

    @Test
    void aFolderThatIsAway_isNotAnEmptyOne_alsoAtTheStart() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), service("reviews", "3s"));
        FolderStore store = open();
        Path elsewhere = temp.resolve("elsewhere");
        Files.move(folder, elsewhere);
        assertAway(store, "there is no such folder");
        assertThatThrownBy(() -> store.change(List.of(Change.delete(REVIEWS, null)), false))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining(folder.toString());
        assertAway(open(), "there is no such folder");
        assertThat(folder).as("made for nobody").doesNotExist();

        Files.writeString(folder, "in its place");
        assertAway(store, "it is no folder");
        assertAway(open(), "it is no folder");

        Files.delete(folder);
        Files.move(elsewhere, folder);
        Files.writeString(folder.resolve("a.yaml"), service("reviews", "5s"));
        store.firstScan();
        assertThat(store.current().refusals()).isEmpty();
        assertThat(timeout(store, "reviews")).isEqualTo(Duration.ofSeconds(5));
        Files.delete(folder.resolve("a.yaml"));
        store.firstScan();
        assertThat(store.current().objects()).as("an empty one is").isEmpty();
    }

    private void assertAway(FolderStore store, String why) {
        for (int scan = 0; scan < 2; scan++) {
            assertThatThrownBy(store::scan).isInstanceOf(UnavailableException.class).hasMessageContaining(why);
        }
        assertThat(store.current().objects()).containsOnlyKeys(REVIEWS);
        assertThat(store.current().refusals())
                .singleElement()
                .hasToString(folder + ": folder: " + folder + " cannot be read: " + why + " (the last good version stays in force)");
    }

    @Test
    void aFolderThatCannotBe_isAnErrorAsLongAsNothingEverCameFromIt() throws IOException {
        Files.delete(folder);
        Files.writeString(folder, "in its place");
        assertThatThrownBy(this::open).isInstanceOf(IOException.class);
        Files.delete(folder);
        assertThat(open().current().objects()).isEmpty();
        assertThat(folder).isDirectory();
    }

    private FolderStore open() throws IOException {
        return open(Admission.ofEverything());
    }

    private FolderStore open(Admission admission) throws IOException {
        FolderStore store = FolderStore.open(folder, state, admission, Clock.systemUTC(), changes::incrementAndGet);
        store.firstScan();
        return store;
    }

    private static AcceptedObject write(FolderStore store, String yaml, String version) throws Exception {
        return store.change(List.of(Change.write(REVIEWS, document(yaml), version)), false)
                .get(0)
                .required();
    }

    private static ObjectKey key(String name) {
        return new ObjectKey(Kind.VIRTUAL_SERVICE, "default", name);
    }

    private static Result delete(FolderStore store, ObjectKey key) throws Exception {
        return store.change(List.of(Change.delete(key, null)), false).get(0).result();
    }

    // Safe: a document's root is a mapping here.
    @SuppressWarnings("unchecked")
    private static Map<String, ?> document(String yaml) throws Exception {
        return (Map<String, ?>) YamlReader.read(yaml);
    }

    private static Duration timeout(FolderStore store, String name) {
        ObjectKey key = new ObjectKey(Kind.VIRTUAL_SERVICE, "default", name);
        return ((VirtualService) store.current().objects().get(key).object()).http().get(0).timeout();
    }

    private static String service(String name, String timeout) {
        return String.join(
                "\n",
                List.of(
                        "apiVersion: networking.istio.io/v1",
                        "kind: VirtualService",
                        "metadata:",
                        "  name: " + name,
                        "spec:",
                        "  hosts:",
                        "  - " + name,
                        "  http:",
                        "  - timeout: " + timeout,
                        "    route:",
                        "    - destination:",
                        "        host: " + name,
                        ""));
    }
}
