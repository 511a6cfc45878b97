package io.weft.sidecar.bootstrap;

import io.netty.util.NetUtil;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a pod's environment says about its proxy, by the reference mesh's names, and where things are in a pod (docs/contracts.md, "In a
 * pod"). Only with {@code weft.kubernetes.enabled}: being in a pod is never guessed. Whatever is set by its own name wins.
 */
public final class PodEnvironment {

    /** The switch, without {@code weft.}. */
    public static final String ENABLED = "kubernetes.enabled";

    private static final String METADATA = "ISTIO_META_";
    private static final int MAX_METADATA = 64;
    private static final int MAX_VALUE = 4096;

    /** Ours by the downward API's: what is what it is called in the environment. */
    private static final Map<String, String> NAMED = Map.of(
            "part", "POD_NAME",
            "namespace", "POD_NAMESPACE",
            "service-account", "SERVICE_ACCOUNT",
            "trust-domain", "TRUST_DOMAIN",
            "address", "INSTANCE_IP",
            "ca.address", "CA_ADDR",
            "xds.address", "PILOT_ADDRESS");

    private static final Map<String, String> PLACES = Map.of(
            "ca.address", "istio-citadel.istio-system.svc:8060",
            "xds.address", "istio-pilot.istio-system.svc:15012",
            "ca.root-cert", "/var/run/secrets/istio/root-cert.pem",
            "token-file", "/var/run/secrets/tokens/istio-token",
            "out-dir", "/etc/certs",
            "state-dir", "/etc/istio/proxy");

    private static final Map<String, String> PORTS =
            Map.of("admin-port", "15000", "proxy-port", "15001", "ready-port", "15021", "metrics-port", "15090");

    private PodEnvironment() {}

    /**
     * Puts into {@code weft} what it leaves open, if it says that this is a pod.
     *
     * @return metadata of the node; empty: this is no pod
     * @throws StartException if the environment says what cannot be
     */
    static Map<String, String> complete(Map<String, String> weft, Map<String, String> environment) {
        String enabled = weft.getOrDefault(ENABLED, "false");
        if (!enabled.equals("true") && !enabled.equals("false")) {
            throw new StartException("--weft." + ENABLED + ": " + enabled + " (expected: true or false)");
        }
        if (enabled.equals("false")) {
            return Map.of();
        }
        settings(environment).forEach(weft::putIfAbsent);
        PORTS.forEach(weft::putIfAbsent);
        return metadata(environment);
    }

    /**
     * Settings of any proxy in a pod: who it is, where its files are, whom it asks, what it binds.
     *
     * @return by the names of docs/modules.md, without {@code weft.}
     */
    public static Map<String, String> settings(Map<String, String> environment) {
        Map<String, String> settings = new LinkedHashMap<>(PLACES);
        NAMED.forEach((ours, theirs) -> {
            String value = environment.get(theirs);
            if (value != null && !value.isBlank()) {
                settings.put(ours, value.strip());
            }
        });
        String ip = settings.get("address");
        if (ip != null && !NetUtil.isValidIpV4Address(ip) && !NetUtil.isValidIpV6Address(ip)) {
            throw new StartException("INSTANCE_IP: " + ip + " (expected: the pod's IP address)");
        }
        settings.put("bind-address", ip != null && ip.indexOf(':') >= 0 ? "::" : "0.0.0.0");
        return settings;
    }

    /**
     * {@code ISTIO_META_POD_NAME=x} is {@code POD_NAME: x} in the node's metadata.
     *
     * @throws StartException if there is too much of it, or it asks for what this proxy does not do
     */
    public static Map<String, String> metadata(Map<String, String> environment) {
        Map<String, String> metadata = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(METADATA) && name.length() > METADATA.length()) {
                if (value.length() > MAX_VALUE || metadata.size() == MAX_METADATA) {
                    throw new StartException(name + ": " + value.length() + " characters (expected: at most " + MAX_VALUE + ", and at most "
                            + MAX_METADATA + " of " + METADATA + ")");
                }
                metadata.put(name.substring(METADATA.length()), value);
            }
        });
        String mode = metadata.getOrDefault("INTERCEPTION_MODE", "NONE");
        if (!mode.equals("NONE")) {
            throw new StartException("ISTIO_META_INTERCEPTION_MODE: " + mode + " (expected: NONE, applications call the proxy at its port)");
        }
        String pod = environment.get("POD_NAME");
        if (pod != null && !pod.isBlank()) {
            metadata.putIfAbsent("POD_NAME", pod.strip());
        }
        return metadata;
    }
}
