/** Beans of a Spring team's own for its workload's sidecar (docs/spring-routes.md): nothing of them is known to Weft. */
@NullMarked
package io.weft.demo.team;

import org.jspecify.annotations.NullMarked;
