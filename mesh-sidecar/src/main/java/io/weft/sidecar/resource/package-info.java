/** Our immutable picture of what the control plane sent: one noun per kind, free of protobuf, with the reason when something is refused. */
@NullMarked
package io.weft.sidecar.resource;

import org.jspecify.annotations.NullMarked;
