/**
 * The ADS server: who is connected, what each connection has subscribed to, was sent and has acknowledged, and in which order it gets changes.
 *
 * <p>An implementation of its own instead of the control-plane library's cache: that one answers a NACK with the same bad snapshot at once.
 */
@NullMarked
package io.weft.pilot.xds;

import org.jspecify.annotations.NullMarked;
