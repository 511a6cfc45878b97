/** Starts the whole mesh with its demos on one machine, in one JVM, and stops it in order. */
@NullMarked
package io.weft.demo.launcher;

import org.jspecify.annotations.NullMarked;
