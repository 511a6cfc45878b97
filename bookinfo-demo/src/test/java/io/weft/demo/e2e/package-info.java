/** The whole mesh, started once by its launcher in a process of its own and driven from outside, as a user would. */
@NullMarked
package io.weft.demo.e2e;

import org.jspecify.annotations.NullMarked;
