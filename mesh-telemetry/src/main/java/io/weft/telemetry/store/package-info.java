/** What is kept: rings of access logs and spans, sums of metrics; each of a size that does not grow. */
@NullMarked
package io.weft.telemetry.store;

import org.jspecify.annotations.NullMarked;
