/** The ADS client: streams, subscriptions, ACK and NACK, warming, and the disk cache of what was good last. */
@NullMarked
package io.weft.sidecar.xds;

import org.jspecify.annotations.NullMarked;
