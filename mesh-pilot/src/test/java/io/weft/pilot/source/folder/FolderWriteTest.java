package io.weft.pilot.source.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ConfigStore.Result;
import io.weft.pilot.source.ConflictException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a write does to the folder's files. */
class FolderWriteTest extends FolderStoreFixture {

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
}
