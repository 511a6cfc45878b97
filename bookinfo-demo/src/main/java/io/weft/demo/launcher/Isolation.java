package io.weft.demo.launcher;

import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Where parts run: all in this JVM, or each in a process of its own. The same code and the same wire either way. */
interface Isolation extends AutoCloseable {

    /** As {@code weft.demo.isolation} says it. */
    enum Kind {
        JVM,
        PROCESS;

        static Kind of(String text) {
            for (Kind kind : values()) {
                if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException(LauncherSettings.ISOLATION + ": " + text + " (expected: jvm or process)");
        }
    }

    /** @param here starts it in this JVM */
    Running start(Program program, Callable<Running> here) throws Exception;

    /**
     * What makes the start of many parts cheaper, in some seconds.
     *
     * @param make all of it
     * @param awaitOneCore ends when that has no work for two cores any more
     */
    record Preparation(Callable<?> make, Callable<?> awaitOneCore) {}

    /** Empty if there is nothing to be done. */
    default Optional<Preparation> preparation() {
        return Optional.empty();
    }

    /** The port to give to a part that shall listen at this one: where 0 cannot be asked about later it is chosen now. */
    int port(int wanted);

    /** How many parts of a stage stop at the same time. */
    default int stopsAtOnce() {
        return 1;
    }

    /** Everything is about to be stopped: what ends from now on is not started again. */
    void stopping();

    /** Once all parts have been stopped. */
    @Override
    void close();

    /** Everything in this JVM. */
    static Isolation none() {
        return new Isolation() {
            @Override
            public Running start(Program program, Callable<Running> here) throws Exception {
                return here.call();
            }

            @Override
            public int port(int wanted) {
                return wanted;
            }

            @Override
            public void stopping() {}

            @Override
            public void close() {}
        };
    }
}
