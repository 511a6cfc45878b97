package io.weft.pilot.source.folder;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.model.parse.YamlReader;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ConfigStore.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A folder of its own for each test, and what is done with a store on it. */
abstract class FolderStoreFixture {

    static final ObjectKey REVIEWS = new ObjectKey(Kind.VIRTUAL_SERVICE, "default", "reviews");

    @TempDir
    Path temp;

    Path folder;
    Path state;
    final AtomicInteger changes = new AtomicInteger();

    @BeforeEach
    void folders() throws IOException {
        folder = Files.createDirectories(temp.resolve("config"));
        state = temp.resolve("pilot");
    }

    FolderStore open() throws IOException {
        return open(Admission.ofEverything());
    }

    FolderStore open(Admission admission) throws IOException {
        FolderStore store = FolderStore.open(folder, state, admission, Clock.systemUTC(), changes::incrementAndGet);
        store.firstScan();
        return store;
    }

    static AcceptedObject write(FolderStore store, String yaml, String version) throws Exception {
        return store.change(List.of(Change.write(REVIEWS, document(yaml), version)), false)
                .get(0)
                .required();
    }

    static Result delete(FolderStore store, ObjectKey key) throws Exception {
        return store.change(List.of(Change.delete(key, null)), false).get(0).result();
    }

    static ObjectKey key(String name) {
        return new ObjectKey(Kind.VIRTUAL_SERVICE, "default", name);
    }

    // Safe: a document's root is a mapping here.
    @SuppressWarnings("unchecked")
    static Map<String, ?> document(String yaml) throws Exception {
        return (Map<String, ?>) YamlReader.read(yaml);
    }

    static Duration timeout(FolderStore store, String name) {
        return ((VirtualService) store.current().objects().get(key(name)).object()).http().get(0).timeout();
    }

    static String service(String name, String timeout) {
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
