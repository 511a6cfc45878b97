/**
 * The mesh's gateways: Spring Cloud Gateway whose listeners are served by the engine first. Rooms: {@code engine} (the bridge into Reactor
 * Netty's pipeline, and the engine's life in a Spring process), {@code role} (what makes an ingress or an egress gateway).
 */
@NullMarked
package io.weft.gateway;

import org.jspecify.annotations.NullMarked;
