/** What the demo's apps share: how they start, who they are, and how they call one another through their sidecar. */
@NullMarked
package io.weft.demo.app;

import org.jspecify.annotations.NullMarked;
