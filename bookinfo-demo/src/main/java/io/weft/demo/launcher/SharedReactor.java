package io.weft.demo.launcher;

import java.time.Duration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Event loops for every part in this JVM, and connections for the Spring contexts. Left to themselves the contexts share Reactor Netty's global ones, and
 * the first to close takes them away from all others.
 */
final class SharedReactor implements AutoCloseable {

    private final LoopResources loops = LoopResources.create("weft", Math.max(2, Runtime.getRuntime().availableProcessors()), true);
    private final ConnectionProvider connections = ConnectionProvider.create("weft");

    /** For the parts that are no Spring applications. */
    LoopResources loops() {
        return loops;
    }

    SpringApplicationBuilder serve(SpringApplicationBuilder builder) {
        return builder.initializers(context -> ((GenericApplicationContext) context)
                .registerBean("reactorResourceFactory", ReactorResourceFactory.class, this::factory));
    }

    private ReactorResourceFactory factory() {
        ReactorResourceFactory factory = new ReactorResourceFactory();
        factory.setUseGlobalResources(false);
        factory.setLoopResources(loops);
        factory.setConnectionProvider(connections);
        factory.setShutdownQuietPeriod(Duration.ZERO);
        return factory;
    }

    @Override
    public void close() {
        connections.disposeLater().block(Duration.ofSeconds(5));
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Duration.ofSeconds(6));
    }
}
