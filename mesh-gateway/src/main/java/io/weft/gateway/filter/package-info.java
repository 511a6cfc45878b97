/**
 * Filters of ours in Spring Cloud Gateway's chain: they send a request upstream through the engine, as one exchange on the event loop of the client's
 * connection, and bring the answer back. What a filter of the user's may want to know of the mesh is here too ({@code Caller}).
 */
@NullMarked
package io.weft.gateway.filter;

import org.jspecify.annotations.NullMarked;
