/** Which failure is tried again, where and when. */
@NullMarked
package io.weft.sidecar.cluster.retry;

import org.jspecify.annotations.NullMarked;
