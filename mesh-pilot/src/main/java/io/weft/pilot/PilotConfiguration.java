package io.weft.pilot;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weft.pilot.api.ApplyHandler;
import io.weft.pilot.api.LocalOnlyFilter;
import io.weft.pilot.api.MeshPages;
import io.weft.pilot.api.ObjectsHandler;
import io.weft.pilot.api.RouteView;
import io.weft.pilot.api.RoutesHandler;
import io.weft.pilot.api.SelfRegistered;
import io.weft.pilot.api.UnknownPages;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.registry.WorkloadRegistry;
import io.weft.pilot.registry.kubernetes.Pods;
import io.weft.pilot.registry.spring.KnownGateways;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.source.folder.FolderPlace;
import io.weft.pilot.source.kubernetes.KubernetesPlace;
import io.weft.pilot.state.StateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnCloudPlatform;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** Wires configuration in, state and REST. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({MeshProperties.class, PilotProperties.class})
class PilotConfiguration {

    /** Together with as long again for the answer: an API server that has died without a word is noticed within 20 s. */
    private static final Duration API_SERVER_PATIENCE = Duration.ofSeconds(10);

    @Bean
    ConfigPlane configPlane(MeshProperties mesh, PilotProperties pilot) throws IOException {
        MeshSettings defaults = MeshSettings.DEFAULTS;
        MeshSettings settings = new MeshSettings(
                mesh.trustDomain(),
                defaults.clusterDomain(),
                defaults.rootNamespace(),
                defaults.outboundTrafficPolicy(),
                mesh.mesh().pathNormalization(),
                mesh.observability());
        Path dir = pilot.dir() == null ? mesh.home().resolve("pilot") : pilot.dir();
        return new ConfigPlane(settings, dir, pilot.workloadGrace(), opener(mesh, settings.rootNamespace(), dir));
    }

    private static ConfigPlane.Opener opener(MeshProperties mesh, String rootNamespace, Path dir) {
        MeshProperties.Kubernetes kubernetes = mesh.config().kubernetes();
        if (!kubernetes.enabled()) {
            return (admission, executor, changed) ->
                    FolderPlace.open(mesh.configDir(), dir, mesh.config().rescan(), admission, changed);
        }
        KubernetesPlace.Server server =
                new KubernetesPlace.Server(kubernetes.kubeconfig(), kubernetes.discoverySelector(), API_SERVER_PATIENCE);
        return (admission, executor, changed) ->
                KubernetesPlace.open(server, dir, rootNamespace, admission, executor, changed);
    }

    @Bean
    @ConditionalOnCloudPlatform(CloudPlatform.KUBERNETES)
    SettingsReload settingsReload(Environment environment, ConfigPlane plane, ContextRefresher refresher) {
        return new SettingsReload(environment, plane, refresher::refresh);
    }

    @Bean
    Pods pods(ConfigPlane plane) {
        return plane.place().inCluster() ? new Pods(true, plane.place()::cluster) : Pods.none();
    }

    @Bean
    StateStore stateStore(ConfigPlane plane) {
        return plane.states();
    }

    @Bean
    WorkloadRegistry workloadRegistry(ConfigPlane plane) {
        return plane.workloads();
    }

    @Bean
    KnownGateways knownGateways(ConfigPlane plane) {
        return plane.gateways();
    }

    @Bean
    ConfigStore configStore(ConfigPlane plane) {
        return plane.store();
    }

    @Bean
    RouterFunction<ServerResponse> objectRoutes(ConfigPlane plane) {
        ObjectsHandler handler = new ObjectsHandler(plane.store(), plane.states(), plane.states()::flush);
        return RouterFunctions.route(
                RequestPredicates.path("/api/**")
                        .or(RequestPredicates.path("/apis/**"))
                        .or(RequestPredicates.path("/openapi/v3/**"))
                        .or(RequestPredicates.path("/version")),
                handler::handle);
    }

    @Bean
    RouterFunction<ServerResponse> applyRoutes(ConfigPlane plane) {
        ApplyHandler handler =
                new ApplyHandler(plane.store(), new SelfRegistered(plane.states()), plane.states()::flush);
        return RouterFunctions.route(RequestPredicates.path("/weft/v1/apply"), handler::apply)
                .andRoute(RequestPredicates.path("/weft/v1/delete"), handler::delete);
    }

    @Bean
    RouterFunction<ServerResponse> springRoutes(ConfigPlane plane) {
        RoutesHandler handler = new RoutesHandler(
                plane.store(),
                new RouteView(plane.states(), plane.gateways()),
                plane.states().current().settings().rootNamespace(),
                plane.states()::flush);
        return RouterFunctions.route(
                RequestPredicates.path("/weft/v1/routes").or(RequestPredicates.path("/weft/v1/routes/{id}")), handler::handle);
    }

    @Bean
    UnknownPages unknownPages() {
        return new UnknownPages();
    }

    @Bean
    MeshPages meshPages(ConfigPlane plane, JsonMapper mapper) {
        return new MeshPages(plane.store(), plane.states(), mapper);
    }

    @Bean
    LocalOnlyFilter localOnlyFilter(PilotProperties pilot) {
        return new LocalOnlyFilter(pilot.allowedHosts());
    }

    /**
     * Part of readiness: everything has been read once. What is refused is told, and is no reason not to be ready; nor is an API server that is away later,
     * because the mesh goes on with what was read.
     */
    @Bean
    HealthIndicator configHealthIndicator(ConfigPlane plane) {
        return () -> (plane.place().isComplete() ? Health.up() : Health.outOfService())
                .withDetails(plane.place().details())
                .withDetail("objects", plane.store().current().objects().size())
                .withDetail("refused", plane.store().current().refusals().size())
                .build();
    }

    /** How much is in force, how much is refused, and how often the state has changed. */
    @Bean
    MeterBinder configMeters(ConfigPlane plane) {
        return registry -> {
            Gauge.builder("weft.pilot.config.objects", plane, each -> each.store().current().objects().size())
                    .description("Configuration objects in force")
                    .register(registry);
            Gauge.builder("weft.pilot.config.refused", plane, each -> each.store().current().refusals().size())
                    .description("Files and documents that are refused now")
                    .register(registry);
            Gauge.builder("weft.pilot.state.version", plane, each -> each.states().current().version())
                    .description("Version of the mesh's state, counted from the start of this process")
                    .register(registry);
            Gauge.builder("pilot.services", plane, each -> each.states().current().services().size())
                    .description("Services known to the mesh")
                    .register(registry);
            Gauge.builder("pilot.virt.services", plane, each -> each.states().current().all(VirtualService.class).size())
                    .description("VirtualServices in force")
                    .register(registry);
        };
    }

    /** None of these is bounded by default. */
    @Bean
    NettyServerCustomizer httpTimes() {
        return server -> server.idleTimeout(Duration.ofMinutes(5))
                .readTimeout(Duration.ofSeconds(10))
                .requestTimeout(Duration.ofSeconds(30));
    }

    /**
     * Event loops of this context's own. The global ones are disposed when any context in the JVM closes, and every server
     * on them dies; a launcher may put shared ones in this bean's place.
     */
    @Bean
    @ConditionalOnMissingBean
    ReactorResourceFactory reactorResourceFactory() {
        ReactorResourceFactory factory = new ReactorResourceFactory();
        factory.setUseGlobalResources(false);
        factory.setShutdownQuietPeriod(Duration.ZERO);
        return factory;
    }
}
