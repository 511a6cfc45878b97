/**
 * The REST admin API: Kubernetes-style objects below {@code /api} and {@code /apis}, our own pages below {@code /weft/v1}.
 */
@NullMarked
package io.weft.pilot.api;

import org.jspecify.annotations.NullMarked;
