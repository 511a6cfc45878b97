/** Files that are whole or not there, and private. */
@NullMarked
package io.weft.pilot.disk;

import org.jspecify.annotations.NullMarked;
