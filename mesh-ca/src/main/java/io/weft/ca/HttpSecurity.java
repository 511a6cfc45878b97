package io.weft.ca;

import org.springframework.boot.security.autoconfigure.actuate.web.reactive.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.HttpStatusServerEntryPoint;

/** HTTP is for operators who look: three read-only endpoints, and nothing else answers. */
@Configuration(proxyBeanMethods = false)
@EnableWebFluxSecurity
class HttpSecurity {

    @Bean
    SecurityWebFilterChain httpFilters(ServerHttpSecurity http) {
        return http.authorizeExchange(exchange -> exchange.matchers(EndpointRequest.to("health", "info", "prometheus"))
                        .permitAll()
                        .anyExchange()
                        .denyAll())
                .exceptionHandling(refused -> refused.authenticationEntryPoint(new HttpStatusServerEntryPoint(HttpStatus.FORBIDDEN)))
                .csrf(ServerHttpSecurity.CsrfSpec::disable)
                .httpBasic(ServerHttpSecurity.HttpBasicSpec::disable)
                .formLogin(ServerHttpSecurity.FormLoginSpec::disable)
                .logout(ServerHttpSecurity.LogoutSpec::disable)
                .build();
    }
}
