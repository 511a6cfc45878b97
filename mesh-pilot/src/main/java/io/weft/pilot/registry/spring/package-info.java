/** Gateways that take SpringRoutes: what predicates and filters each of them has, and whether a route fits. */
@NullMarked
package io.weft.pilot.registry.spring;

import org.jspecify.annotations.NullMarked;
