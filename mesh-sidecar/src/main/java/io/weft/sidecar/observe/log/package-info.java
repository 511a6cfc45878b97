/** What those who look at requests and those who look at connections see alike. */
@NullMarked
package io.weft.sidecar.observe.log;

import org.jspecify.annotations.NullMarked;
