/** Where configuration comes from: accepted objects or refusals, and a way to write. */
@NullMarked
package io.weft.pilot.source;

import org.jspecify.annotations.NullMarked;
