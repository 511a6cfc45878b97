/** The manifests of {@code k8s/}, held without a cluster: they build, every object fits its schema, and what one names another has. */
@NullMarked
package io.weft.demo.k8s;

import org.jspecify.annotations.NullMarked;
