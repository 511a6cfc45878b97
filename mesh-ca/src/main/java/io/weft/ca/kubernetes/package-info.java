/** What the authority keeps, learns and says by Kubernetes' API. Nothing of it is loaded where that is not asked for. */
@NullMarked
package io.weft.ca.kubernetes;

import org.jspecify.annotations.NullMarked;
