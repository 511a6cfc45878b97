/** Services and their endpoints, whoever said so. */
@NullMarked
package io.weft.pilot.registry;

import org.jspecify.annotations.NullMarked;
