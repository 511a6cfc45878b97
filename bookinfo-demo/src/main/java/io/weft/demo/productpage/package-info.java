/** Bookinfo's front: HTML and JSON about one book, gathered from details, reviews and ratings. */
@NullMarked
package io.weft.demo.productpage;

import org.jspecify.annotations.NullMarked;
