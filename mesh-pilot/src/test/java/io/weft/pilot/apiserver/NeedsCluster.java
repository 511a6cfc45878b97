package io.weft.pilot.apiserver;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** One cluster for all tests of a class; where the API server is not installed they are skipped, aloud. */
public abstract class NeedsCluster {

    protected static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    protected static TestCluster cluster;

    @BeforeAll
    static void startCluster() {
        assumeTrue(RealApiServer.missing().isEmpty(), "SKIPPED: " + RealApiServer.missing());
        cluster = TestCluster.start(folder);
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }
}
