@NullMarked
package io.weft.sidecar.cluster.health;

import org.jspecify.annotations.NullMarked;
