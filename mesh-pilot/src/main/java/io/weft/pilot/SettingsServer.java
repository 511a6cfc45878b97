package io.weft.pilot;

import io.fabric8.kubernetes.client.Config;
import java.io.File;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.env.MapPropertySource;

/**
 * Mesh-wide settings come from the same API server as configuration: what {@code weft.config.kubernetes.kubeconfig} (on the command line or in the
 * environment, no file has been read yet) says is told to Spring Cloud Kubernetes.
 */
final class SettingsServer implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    private static final String RETRIES = Config.KUBERNETES_REQUEST_RETRY_BACKOFFLIMIT_SYSTEM_PROPERTY;
    private static final String CLIENT = "spring.cloud.kubernetes.client.";

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        String file = event.getEnvironment().getProperty("weft.config.kubernetes.kubeconfig", "");
        boolean enabled = event.getEnvironment().getProperty("weft.config.kubernetes.enabled", Boolean.class, false);
        if (enabled && System.getProperty(RETRIES) == null) {
            // Ten, with growing pauses, would hold up the start for minutes while the server is away; settings are looked at again anyway.
            System.setProperty(RETRIES, "0");
        }
        if (enabled && !file.isEmpty()) {
            event.getEnvironment().getPropertySources().addLast(new MapPropertySource("weft-kubeconfig", client(Config.fromKubeconfig(new File(file)))));
        }
    }

    private static Map<String, Object> client(Config config) {
        Map<String, Object> client = new HashMap<>();
        put(client, "master-url", config.getMasterUrl());
        put(client, "namespace", config.getNamespace());
        put(client, "ca-cert-file", config.getCaCertFile());
        put(client, "ca-cert-data", config.getCaCertData());
        put(client, "client-cert-file", config.getClientCertFile());
        put(client, "client-cert-data", config.getClientCertData());
        put(client, "client-key-file", config.getClientKeyFile());
        put(client, "client-key-data", config.getClientKeyData());
        put(client, "oauth-token", config.getOauthToken());
        return client;
    }

    private static void put(Map<String, Object> client, String name, @Nullable String value) {
        if (value != null) {
            client.put(CLIENT + name, value);
        }
    }
}
