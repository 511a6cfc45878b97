package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchiveMainTest {

    /** JDKs differ, and so do minor versions of libraries; when much more is gone the list is worth little. */
    private static final double AT_LEAST = 0.9;

    @Test
    void theListIsOfClassesThatThereAre() throws IOException {
        List<String> names = ArchiveMain.listed();
        long known = names.stream().filter(ArchiveMain::canLoad).count();
        assertThat(names).doesNotHaveDuplicates().contains("io.netty.bootstrap.ServerBootstrap");
        assertThat((double) known / names.size()).as("of %s names; docs/modules.md says how to write them anew", names.size()).isGreaterThan(AT_LEAST);
    }

    @Test
    void whatIsNotThereIsNoError() {
        assertThat(ArchiveMain.canLoad("io.weft.NoSuchClass")).isFalse();
    }
}
