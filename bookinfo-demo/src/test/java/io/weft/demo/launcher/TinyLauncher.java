package io.weft.demo.launcher;

import io.weft.demo.launcher.Program.Size;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A launcher of one {@link TinyPart}, to be killed. */
public final class TinyLauncher {

    private TinyLauncher() {}

    /** @param args the home */
    public static void main(String[] args) throws Exception {
        OwnProcesses processes = new OwnProcesses(Path.of(args[0]), InetAddress.getLoopbackAddress());
        int port = processes.port(0);
        processes.start(
                new Program("tiny", TinyPart.class, Map.of("port", String.valueOf(port)), Map.of(Running.HTTP, port), null, Size.PROXY),
                () -> {
                    throw new IllegalStateException("not in this JVM");
                });
        System.out.println("tiny is up");
        new CountDownLatch(1).await();
    }
}
