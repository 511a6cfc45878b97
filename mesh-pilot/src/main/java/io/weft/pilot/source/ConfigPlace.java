package io.weft.pilot.source;

import io.weft.pilot.model.cluster.Cluster;
import java.io.IOException;
import java.util.Map;

/** Where configuration comes from. */
public interface ConfigPlace extends AutoCloseable {

    /** Begins to read, and to watch; whoever opened the place hears of every change from now on. */
    void start() throws IOException;

    /** Whether everything has been read once. */
    boolean isComplete();

    ConfigStore store();

    /** What admission depends on has changed. */
    void recheck();

    /** The cluster that the configuration is of; empty where there is none. */
    Cluster cluster();

    /** Whether pods say who proxies are. */
    boolean inCluster();

    /** What to tell about it: where it is, and what does not work now. */
    Map<String, Object> details();

    @Override
    void close() throws IOException;
}
