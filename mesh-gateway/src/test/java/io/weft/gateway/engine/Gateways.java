package io.weft.gateway.engine;

import io.weft.gateway.GatewayApplication;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** Gateways of tests: at free ports, and gone at once when they are closed, unless a test says otherwise. */
final class Gateways {
    private Gateways() {}

    /** @param more beans beside a gateway's own */
    static ConfigurableApplicationContext start(Path home, Class<?> more, String... args) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("--weft.home", home.toString());
        all.put("--weft.drain-time", "0s");
        for (String port : new String[] {"http-port", "https-port", "management-port"}) {
            all.put("--weft.ingress." + port, "0");
        }
        for (String arg : args) {
            all.put(arg.substring(0, arg.indexOf('=')), arg.substring(arg.indexOf('=') + 1));
        }
        return GatewayApplication.builder()
                .sources(more)
                .registerShutdownHook(false)
                .run(all.entrySet().stream().map(e -> e.getKey() + '=' + e.getValue()).toArray(String[]::new));
    }
}
