package io.weft.ca;

import io.fabric8.kubernetes.client.Config;
import io.weft.ca.grpc.GrpcServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The whole application on free ports, as the launcher starts it. */
public final class RunningCa implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private RunningCa(ConfigurableApplicationContext context) {
        this.context = context;
    }

    public static RunningCa start(Path home, String... more) {
        return start(CaApplication.builder(), home, more);
    }

    /** In Kubernetes mode, against the API server that {@code api} leads to. */
    public static RunningCa onKubernetes(Config api, Path home, String... more) {
        List<String> args = new ArrayList<>(List.of(more));
        args.add("--weft.ca.kubernetes.enabled=true");
        SpringApplicationBuilder builder = CaApplication.builder()
                .initializers(context -> ((GenericApplicationContext) context).registerBean(Config.class, () -> api));
        return start(builder, home, args.toArray(String[]::new));
    }

    private static RunningCa start(SpringApplicationBuilder builder, Path home, String... more) {
        List<String> args = new ArrayList<>(List.of(more));
        args.add("--weft.home=" + home);
        args.add("--weft.ca.http-port=0");
        if (args.stream().noneMatch(arg -> arg.startsWith("--weft.ca.grpc-port="))) {
            args.add("--weft.ca.grpc-port=0");
        }
        return new RunningCa(builder.registerShutdownHook(false).run(args.toArray(String[]::new)));
    }

    public int grpcPort() {
        return context.getBean(GrpcServer.class).port();
    }

    public int httpPort() {
        return ((ReactiveWebServerApplicationContext) context).getWebServer().getPort();
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    @Override
    public void close() {
        context.close();
    }
}
