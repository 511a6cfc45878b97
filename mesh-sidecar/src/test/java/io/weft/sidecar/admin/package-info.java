@NullMarked
package io.weft.sidecar.admin;

import org.jspecify.annotations.NullMarked;
