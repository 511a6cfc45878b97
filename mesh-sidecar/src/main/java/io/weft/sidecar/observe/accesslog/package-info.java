/** Access logs: Envoy's formats, compiled once, written by one thread. */
@NullMarked
package io.weft.sidecar.observe.accesslog;

import org.jspecify.annotations.NullMarked;
