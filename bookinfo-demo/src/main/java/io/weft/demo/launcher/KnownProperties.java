package io.weft.demo.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The properties that {@code -Dweft.…} may name. A mistyped one would otherwise change nothing, in silence.
 *
 * <p>What the launcher itself tells each part ({@code weft.role}, {@code weft.token-file}, …) is not among them: there it has no effect.
 */
final class KnownProperties {

    static final Set<String> ALL = all();

    private KnownProperties() {}

    private static Set<String> all() {
        Set<String> all = new TreeSet<>(LauncherSettings.PROPERTIES);
        below(all, "weft.", "config.rescan", "drain-time", "drain-grace");
        below(all, "weft.config.kubernetes.", "enabled", "kubeconfig", "discovery-selector");
        below(
                all,
                "weft.ca.",
                "workload-cert-ttl",
                "max-workload-cert-ttl",
                "root-cert-ttl",
                "intermediate-cert-ttl",
                "server-cert-ttl",
                "rotation-check",
                "max-connections",
                "dns-names",
                "addresses");
        below(all, "weft.mesh.", "path-normalization", "access-log-file", "access-log-encoding", "access-log-format", "tracing.sampling");
        below(all, "weft.pilot.", "dir", "workload-grace", "allowed-hosts");
        below(
                all,
                "weft.pilot.xds.",
                "certificates-reload",
                "max-streams",
                "max-unidentified",
                "max-message",
                "max-names",
                "first-request",
                "keep-alive",
                "nack-backoff-min",
                "nack-backoff-max",
                "registration-grace");
        below(
                all,
                "weft.telemetry.",
                "allowed-hosts",
                "certs-reload",
                "graph.keep",
                "graph.max-edges",
                "logs.capacity",
                "logs.memory",
                "logs.streams",
                "max-connections",
                "max-message",
                "scrape.interval",
                "scrape.max-series",
                "scrape.max-size",
                "scrape.max-targets",
                "scrape.timeout",
                "spans.capacity",
                "spans.memory",
                "spans.per-trace");
        below(all, "weft.app.", "connect-timeout", "drain-time");
        below(all, "weft.productpage.", "details-url", "reviews-url", "ratings-url", "timeout");
        below(all, "weft.reviews.", "ratings-url", "ratings-timeout");
        // The build's own, on the same command line.
        below(all, "weft.", "run.jdkArguments", "test.jvmArguments");
        return all;
    }

    private static void below(Set<String> all, String prefix, String... names) {
        for (String name : names) {
            all.add(prefix + name);
        }
    }

    /** A line for each name that nobody reads, with what may have been meant. */
    static List<String> refused(Collection<String> given) {
        List<String> lines = new ArrayList<>();
        for (String name : new TreeSet<>(given)) {
            int index = name.indexOf('[');
            if (name.startsWith("weft.") && !ALL.contains(index < 0 ? name : name.substring(0, index))) {
                lines.add("-D" + name + ": unknown property (expected: " + nearest(name) + ")");
            }
        }
        return lines;
    }

    private static String nearest(String name) {
        String best = "";
        int least = Math.max(3, name.length() / 3);
        for (String known : ALL) {
            int distance = distance(name, known);
            if (distance < least) {
                least = distance;
                best = known;
            }
        }
        return best.isEmpty() ? "one of those in docs/modules.md" : "perhaps " + best;
    }

    /** How many letters have to be put in, taken out or changed (Levenshtein). */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(above[j - 1] + change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
