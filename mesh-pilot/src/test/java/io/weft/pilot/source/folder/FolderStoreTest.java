package io.weft.pilot.source.folder;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the files say comes into force, and what is wrong hurts nothing else. */
class FolderStoreTest extends FolderStoreFixture {

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
    void anUnchangedFile_isNoChange() throws IOException {
        Files.writeString(folder.resolve("a.yaml"), service("reviews", "3s"));
        FolderStore store = open();
        int before = changes.get();
        Files.writeString(folder.resolve("a.yaml"), "# a comment\n" + service("reviews", "3s"));
        store.firstScan();
        assertThat(changes).hasValue(before);
    }
}
