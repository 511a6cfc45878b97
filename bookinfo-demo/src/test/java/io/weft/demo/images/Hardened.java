package io.weft.demo.images;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Volume;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A container of one of the images, as a pod runs it: no capabilities, no new privileges, a root file system that is read-only, and a {@code /tmp}.
 */
final class Hardened extends GenericContainer<Hardened> {

    /** On a machine that has much else to do. */
    static final Duration START = Duration.ofSeconds(180);

    private final @Nullable Home home;

    Hardened(String module, @Nullable Home home) {
        super(DockerImageName.parse(ImageTar.of(module).name()));
        this.home = home;
        withCreateContainerCmdModifier(command -> {
            var host = Objects.requireNonNull(command.getHostConfig())
                    .withReadonlyRootfs(true)
                    .withCapDrop(Capability.ALL)
                    .withSecurityOpts(List.of("no-new-privileges"))
                    // Netty unpacks its native libraries there.
                    .withTmpFs(Map.of("/tmp", "exec,mode=1777"));
            if (home != null) {
                host.withBinds(new Bind(home.volume(), new Volume(Home.MOUNT)));
            }
        });
    }

    /** Started when a GET of this is 200. */
    Hardened ready(int port, String path) {
        return waitingFor(Wait.forHttp(path).forPort(port).withStartupTimeout(START));
    }

    @Override
    protected void containerIsCreated(String containerId) {
        if (home != null) {
            home.fill(containerId);
        }
    }
}
