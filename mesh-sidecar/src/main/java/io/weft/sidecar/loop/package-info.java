/** What one event loop owns: timers, flushes, random numbers. */
@NullMarked
package io.weft.sidecar.loop;

import org.jspecify.annotations.NullMarked;
