/** SpringRoutes on their way to the gateways that take them. */
@NullMarked
package io.weft.pilot.generate.spring;

import org.jspecify.annotations.NullMarked;
