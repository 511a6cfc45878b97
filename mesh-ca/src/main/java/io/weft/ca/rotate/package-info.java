/** What is renewed before it ends: the intermediate, and the certificate of this server. */
@NullMarked
package io.weft.ca.rotate;

import org.jspecify.annotations.NullMarked;
