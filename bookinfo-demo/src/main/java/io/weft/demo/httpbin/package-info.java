/** An httpbin of our own: it shows a caller what arrived, and answers as it is told to. */
@NullMarked
package io.weft.demo.httpbin;

import org.jspecify.annotations.NullMarked;
