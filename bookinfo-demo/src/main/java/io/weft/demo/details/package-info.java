/** Bookinfo's details: the facts about a book. */
@NullMarked
package io.weft.demo.details;

import org.jspecify.annotations.NullMarked;
