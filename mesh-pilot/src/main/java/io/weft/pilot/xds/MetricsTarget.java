package io.weft.pilot.xds;

import com.google.common.net.InetAddresses;
import io.weft.pilot.generate.Proxy;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a proxy's Prometheus text is, in Prometheus' {@code http_sd} form. */
record MetricsTarget(List<String> targets, Map<String, String> labels) {

    private static final Logger log = LoggerFactory.getLogger(MetricsTarget.class);
    private static final int MAX_PATH = 256;

    /**
     * Of a proxy that says where. Only of one that is known, and only at its own address: a target is asked by a part of the mesh, and must not be a way for
     * strangers to have it ask others.
     *
     * @param place {@code host:port/path}; empty: it does not say
     */
    static Optional<MetricsTarget> of(Proxy proxy, NodeId id, String place) {
        int slash = place.indexOf('/');
        String path = slash < 0 ? "/metrics" : place.substring(slash);
        String address = slash < 0 ? place : place.substring(0, slash);
        int colon = address.lastIndexOf(':');
        if (place.isEmpty() || proxy.identity() == null) {
            return Optional.empty();
        }
        boolean own = colon > 0 && isHost(id.ip()) && address.substring(0, colon).equals(shown(id.ip()));
        if (!own || !isPort(address.substring(colon + 1)) || !isPath(path)) {
            log.warn("{}: WEFT_METRICS {} is left out (expected: {}:PORT/PATH)", id.workload(), printable(place), shown(id.ip()));
            return Optional.empty();
        }
        return Optional.of(of(address, path, proxy.workload(), proxy.namespace(), proxy.labels()));
    }

    static MetricsTarget of(String address, String path, String workload, String namespace, Map<String, String> workloadLabels) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("__metrics_path__", path);
        labels.put("workload", workload);
        labels.put("namespace", namespace);
        labels.put("app", workloadLabels.getOrDefault("app", workload));
        String version = workloadLabels.get("version");
        if (version != null) {
            labels.put("version", version);
        }
        return new MetricsTarget(List.of(address), labels);
    }

    /** Not what means any host, many, or this link's, where clouds answer with their machines' credentials. */
    private static boolean isHost(String ip) {
        if (!InetAddresses.isInetAddress(ip)) {
            return false;
        }
        InetAddress address = InetAddresses.forString(ip);
        return !address.isLinkLocalAddress() && !address.isAnyLocalAddress() && !address.isMulticastAddress();
    }

    static String shown(String ip) {
        return ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip;
    }

    private static boolean isPort(String digits) {
        boolean number = !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number && Integer.parseInt(digits) >= 1 && Integer.parseInt(digits) <= 65_535;
    }

    private static boolean isPath(String path) {
        return path.length() <= MAX_PATH
                && path.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "/-._~".indexOf(c) >= 0));
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(100).forEach(c -> shown.append(c < ' ' || c > 126 ? '?' : (char) c));
        return shown.toString();
    }
}
