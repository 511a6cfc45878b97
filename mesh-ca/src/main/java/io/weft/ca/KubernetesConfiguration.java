package io.weft.ca;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.weft.ca.authority.Authority;
import io.weft.ca.authority.AuthorityStore;
import io.weft.ca.authority.Pem;
import io.weft.ca.grpc.TokenCalls;
import io.weft.ca.kubernetes.ApiServer;
import io.weft.ca.kubernetes.RootConfigMaps;
import io.weft.ca.kubernetes.SecretStore;
import io.weft.ca.kubernetes.TokenReviews;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** On Kubernetes: keys in a Secret, tokens by TokenReview, the root certificate to everybody. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "weft.ca.kubernetes.enabled")
class KubernetesConfiguration {

    /** Callers who wait for the API server's word; more come again. */
    private static final int TOKENS_WAITING = 512;

    @Bean
    @ConditionalOnMissingBean
    Config apiServer(CaProperties ca) {
        return ApiServer.config(ca.kubernetes().kubeconfig());
    }

    @Bean(destroyMethod = "close")
    KubernetesClient kubernetesClient(Config apiServer, CaProperties ca) {
        return ApiServer.client(apiServer, ca.kubernetes().reviewTimeout());
    }

    @Bean(destroyMethod = "close")
    AuthorityStore authorityStore(KubernetesClient client, CaProperties ca) {
        return new SecretStore(client, ca.kubernetes().patience());
    }

    @Bean
    TokenReviews tokenReviews(KubernetesClient client, WeftProperties weft, CaProperties ca) {
        return new TokenReviews(client, weft.trustDomain(), weft.tokens().audience(), ca.kubernetes().reviewsPerSecond());
    }

    @Bean(destroyMethod = "close")
    TokenCalls tokenCalls(CaProperties ca) {
        return TokenCalls.beside(ca.kubernetes().reviewsAtATime(), TOKENS_WAITING);
    }

    @Bean(destroyMethod = "close")
    RootConfigMaps rootConfigMaps(KubernetesClient client, Authority authority, CaProperties ca) {
        return new RootConfigMaps(client, () -> authority.trouble() == null ? Pem.encode(authority.root()) : null, ca.kubernetes().resync());
    }

    /**
     * Part of readiness by its name, but never a reason against it: while the API server is away, workloads still renew by certificate,
     * and who comes with a token shall hear that from us.
     */
    @Bean
    HealthIndicator tokensHealthIndicator(TokenReviews reviews) {
        return () -> {
            String trouble = reviews.trouble();
            return trouble == null ? Health.up().build() : Health.up().withDetail("waitingFor", trouble).build();
        };
    }
}
