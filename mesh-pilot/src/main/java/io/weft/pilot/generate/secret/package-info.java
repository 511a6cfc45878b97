/** Gateway secrets, for gateways of the secret's namespace. */
@NullMarked
package io.weft.pilot.generate.secret;

import org.jspecify.annotations.NullMarked;
