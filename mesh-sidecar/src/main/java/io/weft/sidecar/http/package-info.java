/** The exchange: one request from its head to its log line, and the list of layers. */
@NullMarked
package io.weft.sidecar.http;

import org.jspecify.annotations.NullMarked;
