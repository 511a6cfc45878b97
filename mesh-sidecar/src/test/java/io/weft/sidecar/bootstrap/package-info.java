@NullMarked
package io.weft.sidecar.bootstrap;

import org.jspecify.annotations.NullMarked;
