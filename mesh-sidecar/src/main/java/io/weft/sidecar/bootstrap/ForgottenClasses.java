package io.weft.sidecar.bootstrap;

import io.weft.sidecar.resource.BootstrapResource;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Reads a bootstrap file in a class loader that is then thrown away. Protobuf's generated classes for Envoy's API, needed only to read the file, are 30 MB of
 * metaspace: more than the data plane itself. What crosses over is our own records.
 */
final class ForgottenClasses {
    private static final List<String> SHARED = List.of(
            "java.", "javax.", "jdk.", "sun.", "com.sun.", "org.slf4j.", "ch.qos.", "org.jspecify.", "io.netty.", "com.google.re2j.");
    private static final Set<String> PARSING = Set.of("Fields", "Values", "DataSources", "Where", "Notices", "KnownTypes", "ResourceParsers", "GrpcServices");
    private static final String RESOURCES = "io.weft.sidecar.resource.";

    private static final long LOOK_AGAIN_SECONDS = 2;
    private static final int LOOKS = 15;

    private final BootstrapResource bootstrap;
    private final WeakReference<ClassLoader> loader;

    private ForgottenClasses(BootstrapResource bootstrap, ClassLoader loader) {
        this.bootstrap = bootstrap;
        this.loader = new WeakReference<>(loader);
    }

    /** What the file says. */
    BootstrapResource bootstrap() {
        return bootstrap;
    }

    /**
     * Gives back what reading took, classes and heap, in a full collection before traffic. The compilers may still hold some of the classes then (their queue
     * is long while a JVM starts), and without another full collection they would stay for ever: so it looks again until they are gone.
     */
    void forget(ScheduledExecutorService executor) {
        forget(executor, 1, LOOKS);
    }

    private void forget(ScheduledExecutorService executor, long seconds, int looks) {
        executor.schedule(
                () -> {
                    System.gc();
                    if (looks > 1 && !loader.refersTo(null)) {
                        forget(executor, LOOK_AGAIN_SECONDS, looks - 1);
                    }
                },
                seconds,
                TimeUnit.SECONDS);
    }

    /** @throws StartException that says what is wrong with the file */
    static ForgottenClasses read(Path file) {
        try (Loader loader = new Loader(classPath())) {
            Object reader = loader.loadClass(BootstrapFile.class.getName()).getDeclaredConstructor().newInstance();
            @SuppressWarnings("unchecked") // the same source, and what it returns is a class of ours
            Function<Path, BootstrapResource> function = (Function<Path, BootstrapResource>) reader;
            return new ForgottenClasses(function.apply(file), loader);
        } catch (ReflectiveOperationException | IOException e) {
            throw new StartException("the reader of bootstrap files cannot be loaded: " + e, e);
        }
    }

    private static URL[] classPath() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    /** Finds everything itself first, but what is shared. */
    private static final class Loader extends URLClassLoader {
        Loader(URL[] urls) {
            super(urls, ForgottenClasses.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                if (shared(name)) {
                    return super.loadClass(name, resolve);
                }
                try {
                    return findClass(name);
                } catch (ClassNotFoundException notHere) {
                    // A class path we cannot read (a jar in a jar): then nothing is forgotten, and all works.
                    return super.loadClass(name, resolve);
                }
            }
        }

        private static boolean shared(String name) {
            for (String prefix : SHARED) {
                if (name.startsWith(prefix)) {
                    return true;
                }
            }
            if (name.startsWith(RESOURCES)) {
                String simple = name.substring(RESOURCES.length());
                int nested = simple.indexOf('$');
                String outer = nested < 0 ? simple : simple.substring(0, nested);
                return !outer.endsWith("Parser") && !PARSING.contains(outer);
            }
            return name.equals(StartException.class.getName());
        }
    }
}
