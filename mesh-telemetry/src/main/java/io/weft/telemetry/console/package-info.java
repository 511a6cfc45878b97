/** The page at {@code /}: plain ES modules below {@code resources/console}, which ask the REST API of {@code query} as any client would. */
@NullMarked
package io.weft.telemetry.console;

import org.jspecify.annotations.NullMarked;
