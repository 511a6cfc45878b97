package io.weft.pilot.source.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.source.Admission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A file that somebody is saving loses nothing on the way. */
class SettlingTest extends FolderStoreFixture {

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
}
