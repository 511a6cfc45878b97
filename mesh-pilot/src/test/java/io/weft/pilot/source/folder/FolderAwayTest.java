package io.weft.pilot.source.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A folder that cannot be looked into is not an empty one. */
class FolderAwayTest extends FolderStoreFixture {

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

    @Test
    void aFolderThatCannotBe_isAnErrorAsLongAsNothingEverCameFromIt() throws IOException {
        Files.delete(folder);
        Files.writeString(folder, "in its place");
        assertThatThrownBy(this::open).isInstanceOf(IOException.class);
        Files.delete(folder);
        assertThat(open().current().objects()).isEmpty();
        assertThat(folder).isDirectory();
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
}
