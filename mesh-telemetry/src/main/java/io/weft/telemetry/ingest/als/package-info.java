/** Access logs of proxies, as Envoy's access log service takes them. */
@NullMarked
package io.weft.telemetry.ingest.als;

import org.jspecify.annotations.NullMarked;
