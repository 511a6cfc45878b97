package io.weft.sidecar.resource;

/**
 * Who a proxy or an endpoint is, as metrics and spans name it. What is not known is empty here and {@code unknown} in a label.
 *
 * @param cluster the cluster it runs in ({@code CLUSTER_ID})
 */
public record Workload(
        String name, String namespace, String app, String version, String canonicalService, String canonicalRevision, String cluster) {
    public static final Workload UNKNOWN = new Workload("", "", "", "", "", "", "");

    private static final int PARTS = 5;
    private static final int MAX = 512;

    /** Nothing of a stranger's that is longer than any label's value has reason to be. */
    public Workload {
        name = bounded(name);
        namespace = bounded(namespace);
        app = bounded(app);
        version = bounded(version);
        canonicalService = bounded(canonicalService);
        canonicalRevision = bounded(canonicalRevision);
        cluster = bounded(cluster);
    }

    private static String bounded(String value) {
        return value.length() > MAX ? value.substring(0, MAX) : value;
    }

    /** Whether there is a name to it. */
    public boolean known() {
        return !name.isEmpty();
    }

    /** The same in another namespace: that of a certificate, which is proven. */
    public Workload in(String proven) {
        return new Workload(name, proven, app, version, canonicalService, canonicalRevision, cluster);
    }

    /**
     * Istio's form of endpoint metadata, {@code workload;namespace;canonical name;canonical revision;cluster id}; missing parts at the end are unknown.
     *
     * @param app empty: the canonical name
     * @param version empty: the canonical revision
     */
    public static Workload of(String istio, String app, String version) {
        if (istio.isEmpty()) {
            return UNKNOWN;
        }
        String[] parts = new String[PARTS];
        int from = 0;
        for (int i = 0; i < PARTS; i++) {
            int end = from > istio.length() ? -1 : istio.indexOf(';', from);
            parts[i] = from > istio.length() ? "" : istio.substring(from, end < 0 ? istio.length() : end);
            from = end < 0 ? istio.length() + 1 : end + 1;
        }
        return new Workload(
                parts[0], parts[1], app.isEmpty() ? parts[2] : app, version.isEmpty() ? parts[3] : version, parts[2], parts[3], parts[4]);
    }
}
