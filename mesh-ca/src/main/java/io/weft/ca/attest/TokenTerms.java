package io.weft.ca.attest;

/**
 * Which tokens are meant for this authority.
 *
 * @param issuer the exact {@code iss}
 * @param audience what {@code aud} must hold
 */
public record TokenTerms(String issuer, String audience) {}
