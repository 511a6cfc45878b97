package io.weft.ca;

import io.weft.ca.grpc.GrpcServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole application on free ports, as the launcher starts it. */
public final class RunningCa implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private RunningCa(ConfigurableApplicationContext context) {
        this.context = context;
    }

    public static RunningCa start(Path home, String... more) {
        List<String> args = new ArrayList<>(List.of(more));
        args.add("--weft.home=" + home);
        args.add("--weft.ca.http-port=0");
        if (args.stream().noneMatch(arg -> arg.startsWith("--weft.ca.grpc-port="))) {
            args.add("--weft.ca.grpc-port=0");
        }
        return new RunningCa(CaApplication.builder().registerShutdownHook(false).run(args.toArray(String[]::new)));
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
