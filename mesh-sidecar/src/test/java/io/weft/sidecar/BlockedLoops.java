package io.weft.sidecar;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Consumer;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/** A call that blocks an event loop is a line in the test's output that the build looks for, as it looks for leaks. It is not refused: nobody would see that. */
public final class BlockedLoops implements BlockHoundIntegration {

    static volatile Consumer<BlockingMethod> report = BlockedLoops::print;

    static void print(BlockingMethod method) {
        StringWriter said = new StringWriter();
        new BlockingOperationError(method).printStackTrace(new PrintWriter(said));
        System.err.println("BLOCKED: " + said);
    }

    @Override
    public void applyTo(BlockHound.Builder builder) {
        builder.blockingMethodCallback(method -> report.accept(method));
    }

    /** After Netty's and Reactor's own. */
    @Override
    public int compareTo(BlockHoundIntegration other) {
        return 1;
    }
}
