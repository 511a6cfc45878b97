/** Outbound and inbound clusters: how a proxy reaches a service, by its DestinationRule. */
@NullMarked
package io.weft.pilot.generate.cluster;

import org.jspecify.annotations.NullMarked;
