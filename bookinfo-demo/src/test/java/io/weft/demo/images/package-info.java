/** The images, run by a real container engine. */
@NullMarked
package io.weft.demo.images;

import org.jspecify.annotations.NullMarked;
