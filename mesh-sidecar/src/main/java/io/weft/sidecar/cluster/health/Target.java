package io.weft.sidecar.cluster.health;

import io.weft.sidecar.resource.HealthCheckResource;
import java.net.InetSocketAddress;

/** What is checked: one check of one cluster at one endpoint. */
record Target(String cluster, InetSocketAddress address, String hostname, HealthCheckResource check) {}
