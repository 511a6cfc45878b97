/** Prometheus pages of proxies and parts: read, added up. */
@NullMarked
package io.weft.telemetry.ingest.scrape;

import org.jspecify.annotations.NullMarked;
