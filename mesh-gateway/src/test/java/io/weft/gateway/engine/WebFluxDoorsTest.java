package io.weft.gateway.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.http.HttpMethod;
import java.net.URI;

class WebFluxDoorsTest {

    private final WebFluxDoors doors = new WebFluxDoors(
            (request, response) -> {
                response.setStatusCode(HttpStatus.OK);
                return response.setComplete();
            },
            new ActuatorPaths("/actuator"));

    @ParameterizedTest
    @ValueSource(
            strings = {"/actuator", "/actuator/", "/actuator/health", "/%61ctuator/health", "/actuator;a=b/health", "//actuator/health"})
    void actuatorIsBehindBootsPortOnly(String path) {
        assertThat(status(doors, path)).isEqualTo(HttpStatus.OK);
        assertThat(status(doors.forListeners(), path)).isEqualTo(HttpStatus.NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/app", "/actuators", "/app/actuator", "/Actuator/health"})
    void everythingElseIsBehindTheListenersOnly(String path) {
        assertThat(status(doors, path)).isEqualTo(HttpStatus.NOT_FOUND);
        assertThat(status(doors.forListeners(), path)).isEqualTo(HttpStatus.OK);
    }

    @Test
    void actuatorNeedsAPathOfItsOwn() {
        assertThatThrownBy(() -> new ActuatorPaths("/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("management.endpoints.web.base-path: / (expected: a path of its own");
    }

    private static Object status(HttpHandler door, String path) {
        MockServerHttpResponse response = new MockServerHttpResponse();
        door.handle(MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://a" + path)).build(), response)
                .block();
        return response.getStatusCode();
    }
}
