@NullMarked
package io.weft.sidecar.resource;

import org.jspecify.annotations.NullMarked;
