@NullMarked
package io.weft.telemetry.console;

import org.jspecify.annotations.NullMarked;
