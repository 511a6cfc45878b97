/** Listeners: inbound, proxy port, Sidecar listeners, gateways; with their TLS and policies. */
@NullMarked
package io.weft.pilot.generate.listener;

import org.jspecify.annotations.NullMarked;
