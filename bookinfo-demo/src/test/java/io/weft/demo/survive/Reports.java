package io.weft.demo.survive;

import io.weft.demo.e2e.Mesh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A line for each scenario, for people: how many requests, how fast, how many failed. */
final class Reports {

    private Reports() {}

    static void add(String line) {
        try {
            Path reports = Files.createDirectories(Mesh.target().resolve("failsafe-reports"));
            Files.writeString(
                    reports.resolve("survive.txt"), line + System.lineSeparator(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
