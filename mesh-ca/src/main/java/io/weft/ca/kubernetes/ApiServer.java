package io.weft.ca.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How the API server is reached, and its errors in words. */
public final class ApiServer {

    private static final int MAX_SHOWN = 300;
    private static final int CONNECT_MILLIS = 2000;

    private ApiServer() {}

    /**
     * Where it is.
     *
     * @param kubeconfig null: the pod's own service account, {@code KUBECONFIG}, {@code ~/.kube/config}
     */
    public static Config config(@Nullable Path kubeconfig) {
        return kubeconfig == null ? Config.autoConfigure(null) : Config.fromKubeconfig(kubeconfig.toFile());
    }

    /**
     * A client that asks once: those who ask us come again, and who renews something looks again.
     *
     * @param config changed in place: a copy would forget where its token comes from, and tokens change
     */
    public static KubernetesClient client(Config config, Duration timeout) {
        config.setRequestRetryBackoffLimit(0);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setRequestTimeout(Math.toIntExact(timeout.toMillis()));
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    /** What went wrong, for an operator. */
    static String trouble(KubernetesClientException e) {
        String why = Words.of(e.getCode() > 0 ? "HTTP " + e.getCode() + reason(e.getStatus()) : root(e), MAX_SHOWN);
        return e.getCode() == 401 || e.getCode() == 403 ? why + " (expected: the rights of k8s/, ClusterRole and Role of mesh-ca)" : why;
    }

    private static String reason(@Nullable Status status) {
        return status == null || status.getMessage() == null ? "" : ": " + status.getMessage();
    }

    private static String root(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
