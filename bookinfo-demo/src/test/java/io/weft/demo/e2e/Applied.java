package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Objects applied over REST from files; {@link #close} deletes them. */
final class Applied implements AutoCloseable {

    private final Mesh mesh;
    private final List<Path> files;

    Applied(Mesh mesh, List<Path> files) {
        this.mesh = mesh;
        this.files = files;
        files.forEach(file -> post("/weft/v1/apply", file));
    }

    private void post(String path, Path file) {
        try {
            HttpResponse<String> answer = Http.send(
                    "POST", mesh.pilot(path), Files.readString(file), "Content-Type", "application/yaml");
            assertThat(answer.statusCode()).as("%s %s: %s", path, file, answer.body()).isEqualTo(200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Last applied, first deleted: a route goes before the subsets that it names. */
    @Override
    public void close() {
        for (int i = files.size() - 1; i >= 0; i--) {
            post("/weft/v1/delete", files.get(i));
        }
    }
}
