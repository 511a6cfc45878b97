package io.weft.pilot.source.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.pilot.model.Problem;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.InadmissibleException;
import io.weft.pilot.source.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What other objects, or the mesh, have against an object of the folder. */
class FolderAdmissionTest extends FolderStoreFixture {

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
}
