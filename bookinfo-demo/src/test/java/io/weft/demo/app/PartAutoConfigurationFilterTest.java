package io.weft.demo.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.mock.env.MockEnvironment;

class PartAutoConfigurationFilterTest {

    private static final List<String> ALL = ImportCandidates.load(AutoConfiguration.class, null).getCandidates();

    @Test
    void anAppHasNeitherSecurityNorGatewayNorGrpc() {
        assertThat(kept("app-with-pages")).anyMatch(name -> name.contains(".thymeleaf."));
        assertThat(kept("app"))
                .noneMatch(name -> name.contains(".thymeleaf."))
                .anyMatch(name -> name.contains(".webflux."))
                .noneMatch(name -> name.contains(".boot.security.") || name.contains(".cloud.") || name.contains(".boot.grpc."));
    }

    @Test
    void theAuthorityKeepsItsSecurity() {
        assertThat(kept("ca"))
                .anyMatch(name -> name.contains(".boot.security."))
                .noneMatch(name -> name.contains(".cloud.") || name.contains(".thymeleaf.") || name.contains(".boot.grpc."));
    }

    @Test
    void theGatewayKeepsSpringCloud() {
        assertThat(kept("gateway"))
                .anyMatch(name -> name.contains(".cloud.gateway."))
                .noneMatch(name -> name.contains(".boot.security.") || name.contains(".thymeleaf."));
    }

    @Test
    void pilotKeepsGrpc() {
        assertThat(kept("pilot"))
                .anyMatch(name -> name.contains(".boot.grpc."))
                .anyMatch(name -> name.contains(".cloud.kubernetes."))
                .noneMatch(name -> name.contains(".cloud.gateway.") || name.contains(".thymeleaf."));
    }

    @Test
    void aContextThatIsNoPartIsLeftAlone() {
        assertThat(kept(null)).isEqualTo(ALL);
    }

    private static List<String> kept(String kind) {
        MockEnvironment environment = new MockEnvironment();
        if (kind != null) {
            environment.setProperty(DemoApp.PART_KIND, kind);
        }
        PartAutoConfigurationFilter filter = new PartAutoConfigurationFilter();
        filter.setEnvironment(environment);
        boolean[] matches = filter.match(ALL.toArray(String[]::new), null);
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < matches.length; i++) {
            if (matches[i]) {
                kept.add(ALL.get(i));
            }
        }
        return kept;
    }
}
