/**
 * What becomes of the mesh's signals once they have left a proxy: the job Mixer did.
 *
 * <p>There is nothing here yet; this page says what will be, so that nobody puts it elsewhere. The module will own:
 *
 * <ul>
 *   <li>{@code ingest}: access logs over {@code envoy.service.accesslog.v3}, spans over OTLP and Zipkin v2, statsd, and scraping of
 *       proxies' Prometheus endpoints;
 *   <li>{@code store} and {@code query}: a bounded store of what came in, and the questions asked of it;
 *   <li>{@code graph}: who calls whom, how often, how slow, with which errors;
 *   <li>{@code quota}: {@code envoy.service.ratelimit.v3};
 *   <li>{@code console}: the web page over all of it.
 * </ul>
 *
 * <p>Until then no part of the mesh sends anything here: proxies count and log for themselves, at
 * {@code /actuator/prometheus} and on standard output.
 */
@NullMarked
package io.weft.telemetry;

import org.jspecify.annotations.NullMarked;
