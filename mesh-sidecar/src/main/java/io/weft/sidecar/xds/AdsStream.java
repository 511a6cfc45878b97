package io.weft.sidecar.xds;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One open stream to the control plane. All calls come from the configuration thread. */
interface AdsStream {

    /** Changes what is asked for of a kind that is asked for by name; {@code all} is the whole set after the change. */
    void subscribe(ResourceKind kind, Set<String> added, Set<String> removed, Set<String> all);

    /**
     * What was in the way of something refused is gone: asks for what is in the refused responses once more, so that the server hears that it is accepted.
     *
     * @param wanted names that are asked for now, of the kinds that are asked for by name
     */
    void askAgain(Map<ResourceKind, Set<String>> wanted);

    /** Says how the application is: null is healthy, else what is wrong. */
    void reportHealth(@Nullable String problem);

    /** Ends the stream from this side. */
    void close(String why);

    /** What a stream tells its owner, on the configuration thread. */
    interface Observer {

        /**
         * A response arrived.
         *
         * @return what was wrong with it, one message per resource; empty accepts all
         */
        java.util.List<String> onUpdate(Update update);

        /** The stream is over. */
        void onClosed(io.grpc.Status status);
    }

    /** What to ask for at the start, and what is already here. */
    record Start(Map<ResourceKind, Set<String>> names, Map<ResourceKind, Map<String, String>> versions) {}
}
