/** What can be set, and the defaults. */
@NullMarked
package io.weft.telemetry.settings;

import org.jspecify.annotations.NullMarked;
