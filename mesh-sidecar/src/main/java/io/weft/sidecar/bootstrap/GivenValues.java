package io.weft.sidecar.bootstrap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What was given, by the names of docs/modules.md without {@code weft.}, each read as what it has to be. What is something else is a {@link StartException} that says
 * its name, and what was expected.
 */
record GivenValues(Map<String, String> weft) {
    private static final Duration LONGEST = Duration.ofHours(1);

    String text(String key, String fallback) {
        return weft.getOrDefault(key, fallback);
    }

    @Nullable String text(String key) {
        return weft.get(key);
    }

    /** @param expected beside the value itself, for whoever has not given it */
    String required(String key, String expected) {
        String value = weft.get(key);
        if (value == null || value.isEmpty()) {
            throw new StartException("--weft." + key + " is missing (expected: " + expected + ")");
        }
        return value;
    }

    /** The workload's name, which its folder has too. */
    String part(String expected) {
        String part = required("part", expected);
        if (part.contains("/") || part.startsWith(".")) {
            throw refused("part", part, "a workload name");
        }
        return part;
    }

    boolean flag(String key) {
        String value = weft.getOrDefault(key, "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw refused(key, value, "true or false");
        }
        return value.equals("true");
    }

    int port(String key, int fallback) {
        Integer port = port(key);
        return port == null ? fallback : port;
    }

    /** 0: a free one; null: none. */
    @Nullable Integer port(String key) {
        String value = weft.get(key);
        return value == null || value.isEmpty() ? null : CommandLine.number("--weft." + key, value, 0, 65535);
    }

    Path path(String key, Path fallback) {
        Path path = path(key);
        return path == null ? fallback : path;
    }

    @Nullable Path path(String key) {
        String value = weft.get(key);
        return value == null || value.isEmpty() ? null : Path.of(value).toAbsolutePath().normalize();
    }

    WorkloadSettings.HostPort hostPort(String key, String fallback) {
        String value = weft.getOrDefault(key, fallback);
        int colon = value.lastIndexOf(':');
        if (colon < 1) {
            throw refused(key, value, "host:port");
        }
        String host = value.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new WorkloadSettings.HostPort(host, CommandLine.number("--weft." + key, value.substring(colon + 1), 1, 65535));
    }

    /** Seconds, or with a unit. */
    @Nullable Duration duration(String key) {
        String value = weft.get(key);
        if (value == null) {
            return null;
        }
        try {
            Duration duration = value.endsWith("ms")
                    ? Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)))
                    : Duration.ofSeconds(Long.parseLong(value.endsWith("s") ? value.substring(0, value.length() - 1) : value));
            if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
        } catch (NumberFormatException noNumber) {
            throw refused(key, value, "0s to 3600s, as 5s or 500ms");
        }
        throw refused(key, value, "0s to 3600s, as 5s or 500ms");
    }

    /** {@code 9080:38123,9443:38124}. */
    Map<Integer, Integer> ports(String key, int min) {
        Map<Integer, Integer> ports = new TreeMap<>();
        pairs(key, ':', "port:port,…", (left, right) -> {
            int from = CommandLine.number("--weft." + key, left, 1, 65535);
            if (ports.put(from, CommandLine.number("--weft." + key, right, min, 65535)) != null) {
                throw new StartException("--weft." + key + ": " + from + " is there twice");
            }
        });
        return ports;
    }

    /** {@code app=reviews,version=v1}. */
    Map<String, String> names(String key) {
        Map<String, String> names = new LinkedHashMap<>();
        pairs(key, '=', "name=value,…", names::put);
        return names;
    }

    private void pairs(String key, char between, String expected, BiConsumer<String, String> each) {
        for (String pair : weft.getOrDefault(key, "").split(",")) {
            if (pair.isBlank()) {
                continue;
            }
            int at = pair.indexOf(between);
            if (at < 1) {
                throw refused(key, pair, expected);
            }
            each.accept(pair.substring(0, at).strip(), pair.substring(at + 1).strip());
        }
    }

    private static StartException refused(String key, String value, String expected) {
        return new StartException("--weft." + key + ": " + value + " (expected: " + expected + ")");
    }
}
