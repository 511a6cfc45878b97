package io.weft.demo.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is started, in the words of a command line.
 *
 * @param part its name in the table
 * @param main the class that is run
 * @param settings its arguments, {@code --name=value}
 * @param ports where it shall listen, by name; 0 is a free one, which only a part in this JVM can tell afterwards
 * @param started where it has no port: a file that is there once it runs
 * @param size how much memory it is given
 */
record Program(
        String part, Class<?> main, Map<String, String> settings, Map<String, Integer> ports, @Nullable Path started, Size size) {

    /**
     * Memory that is enough for the demo, measured: an app and a sidecar hold 20 to 30 MB of heap, a service 30 to 50. What is young is kept small, as it is all
     * touched whatever is needed.
     */
    enum Size {
        PROXY("-Xms24m", "-Xmn5m", "-Xmx64m", "-XX:MaxDirectMemorySize=64m", "-XX:ReservedCodeCacheSize=32m"),
        APP("-Xms24m", "-Xmn5m", "-Xmx64m", "-XX:MaxDirectMemorySize=64m", "-XX:ReservedCodeCacheSize=32m"),
        SERVICE("-Xms32m", "-Xmn8m", "-Xmx160m", "-XX:MaxDirectMemorySize=128m", "-XX:ReservedCodeCacheSize=48m");

        private final List<String> jvm;

        Size(String... jvm) {
            this.jvm = List.of(jvm);
        }

        List<String> jvm() {
            return jvm;
        }
    }

    List<String> arguments() {
        return settings.entrySet().stream().map(each -> "--" + each.getKey() + "=" + each.getValue()).toList();
    }
}
