/** Bookinfo's ratings: how many stars each reader gave. */
@NullMarked
package io.weft.demo.ratings;

import org.jspecify.annotations.NullMarked;
