package io.weft.pilot.model;

import org.jspecify.annotations.Nullable;

/**
 * How many of the requests to a host may be retries at a time, {@code maxRetries} of the connection pool notwithstanding.
 *
 * @param percent of active and pending requests, 0 to 100; unset is 20
 * @param minRetryConcurrency retries that are allowed however few requests there are; unset and 0 are 3, as in the reference mesh
 */
public record RetryBudget(@Nullable Double percent, @Nullable Integer minRetryConcurrency) {}
