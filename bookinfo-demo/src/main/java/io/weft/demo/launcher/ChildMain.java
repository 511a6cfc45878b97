package io.weft.demo.launcher;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What runs in a part's own process: the part's main, and a watch on the launcher. Standard input is a pipe from it; when it ends the launcher is gone, also
 * if it was killed, and so is this process: in order, as if it had been asked to.
 */
public final class ChildMain {

    /** As long as a launcher that lives would wait before it kills. */
    private static final long STOP_SECONDS = 30;

    private ChildMain() {}

    /** @param args the part's main class, then its arguments */
    public static void main(String[] args) throws ReflectiveOperationException {
        // A terminal's Ctrl-C, or its end, goes to everything that was started in it; the launcher stops its parts, in its order.
        Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
        Signal.handle(new Signal("HUP"), SignalHandler.SIG_IGN);
        daemon(ChildMain::untilLauncherEnds, "weft-launcher-watch");
        try {
            Class.forName(args[0])
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException failed) {
            if (failed.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw failed;
        }
    }

    private static void untilLauncherEnds() {
        try {
            while (System.in.read() >= 0) {
                // Nobody writes; if somebody does, it means nothing.
            }
        } catch (IOException broken) {
            // As good as its end.
        }
        daemon(ChildMain::haltLater, "weft-halt");
        System.exit(0);
    }

    /** Nobody is left who would kill a part that does not end when it is asked to. */
    private static void haltLater() {
        try {
            new CountDownLatch(1).await(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(1);
    }

    private static void daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }
}
