@NullMarked
package io.weft.sidecar.xds;

import org.jspecify.annotations.NullMarked;
