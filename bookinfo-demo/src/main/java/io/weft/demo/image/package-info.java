/** The entry point of the image {@code weft/bookinfo-demo}. */
@NullMarked
package io.weft.demo.image;

import org.jspecify.annotations.NullMarked;
