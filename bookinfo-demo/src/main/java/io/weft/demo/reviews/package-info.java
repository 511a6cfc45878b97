/** Bookinfo's reviews, versions 1 to 3: what readers wrote, with or without their stars. */
@NullMarked
package io.weft.demo.reviews;

import org.jspecify.annotations.NullMarked;
