package io.weft.ca;

import io.weft.ca.attest.JwksFile;
import io.weft.ca.attest.SignedTokens;
import io.weft.ca.attest.TokenAttestor;
import io.weft.ca.attest.TokenTerms;
import io.weft.ca.authority.AuthorityFolder;
import io.weft.ca.authority.AuthorityStore;
import io.weft.ca.grpc.TokenCalls;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Without Kubernetes: keys in a folder, tokens by the keys they are signed with. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "weft.ca.kubernetes.enabled", havingValue = false, matchIfMissing = true)
class LaptopConfiguration {

    @Bean(destroyMethod = "close")
    AuthorityStore authorityStore(WeftProperties weft, CaProperties ca) {
        return new AuthorityFolder(ca.dir() == null ? weft.home().resolve("ca") : ca.dir());
    }

    @Bean
    JwksFile tokenKeys(WeftProperties weft) {
        return new JwksFile(weft.jwks());
    }

    @Bean
    TokenAttestor tokenAttestor(JwksFile keys, WeftProperties weft) {
        TokenTerms terms = new TokenTerms(weft.tokens().issuer(), weft.tokens().audience());
        return new SignedTokens(weft.trustDomain(), keys, terms, Clock.systemUTC());
    }

    @Bean
    TokenCalls tokenCalls() {
        return TokenCalls.onCallersThread();
    }

    /** Part of readiness: without keys nobody new can be told apart. */
    @Bean
    HealthIndicator tokensHealthIndicator(JwksFile keys) {
        return () -> {
            String trouble = keys.trouble();
            return trouble == null ? Health.up().build() : Health.down().withDetail("waitingFor", trouble).build();
        };
    }
}
