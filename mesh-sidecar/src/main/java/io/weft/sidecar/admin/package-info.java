/** Loopback endpoints for operators and scrapers: read-only. */
@NullMarked
package io.weft.sidecar.admin;

import org.jspecify.annotations.NullMarked;
