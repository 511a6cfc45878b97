/** Who is asking, what they ask for, and the one gate every certificate for a workload passes. */
@NullMarked
package io.weft.ca.attest;

import org.jspecify.annotations.NullMarked;
