/** The root and the intermediate: their files, and the certificates signed with them. */
@NullMarked
package io.weft.ca.authority;

import org.jspecify.annotations.NullMarked;
