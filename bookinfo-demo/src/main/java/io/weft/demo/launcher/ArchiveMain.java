package io.weft.demo.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/**
 * Loads classes and ends, for a JVM that then archives what it has loaded ({@link SharedClasses}). Nothing of them is run.
 *
 * <p>Which classes of libraries the parts load is in {@code weft-classes.txt}, a package and its classes on each line; docs/modules.md says how it is written.
 * Weft's own are added. A name that is no more costs nothing, one that is missing a little time.
 */
public final class ArchiveMain {

    private static final String LIST = "/weft-classes.txt";
    private static final String CLASS = ".class";
    /** More than one part runs these; to the others the part itself comes sooner than the archive. */
    private static final List<String> OURS = List.of("io/weft/demo/", "io/weft/gateway/", "io/weft/sidecar/");

    private ArchiveMain() {}

    /** @param args a file to make when all is loaded, then jars with classes of Weft */
    public static void main(String[] args) throws IOException {
        List<String> names = new ArrayList<>(listed());
        for (String jar : List.of(args).subList(1, args.length)) {
            names.addAll(ours(Path.of(jar)));
        }
        // Two loaders on two cores: whoever starts for the first time waits for this.
        names.parallelStream().forEach(ArchiveMain::canLoad);
        Files.createFile(Path.of(args[0]));
    }

    static List<String> listed() throws IOException {
        List<String> names = new ArrayList<>();
        try (InputStream in = ArchiveMain.class.getResourceAsStream(LIST);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                for (int word = 1; word < words.length; word++) {
                    names.add(words[0] + "." + words[word]);
                }
            }
        }
        return names;
    }

    private static List<String> ours(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> OURS.stream().anyMatch(name::startsWith) && name.endsWith(CLASS) && !name.endsWith("-info.class"))
                    .map(name -> name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
                    .toList();
        }
    }

    static boolean canLoad(String name) {
        try {
            Class.forName(name, false, ArchiveMain.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError | SecurityException notThisOne) {
            return false;
        }
    }
}
