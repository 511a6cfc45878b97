package io.weft.ca.attest;

import io.weft.ca.authority.SpiffeId;
import org.jspecify.annotations.Nullable;

/**
 * A caller we know.
 *
 * @param id who it is
 * @param bearer what its token is bound to, in words for the audit line ({@code pod reviews-v1-abc}); null: it is not said
 */
public record Attested(SpiffeId id, @Nullable String bearer) {}
