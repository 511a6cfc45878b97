/** Pages under docs/ that say what the code says. */
@NullMarked
package io.weft.demo.docs;

import org.jspecify.annotations.NullMarked;
