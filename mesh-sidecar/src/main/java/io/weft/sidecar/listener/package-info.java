/** Listeners: binding, sniffing, filter-chain choice; the engine that holds them all. */
@NullMarked
package io.weft.sidecar.listener;

import org.jspecify.annotations.NullMarked;
