/** Small makers of protobuf values that every generator needs. */
@NullMarked
package io.weft.pilot.generate.proto;

import org.jspecify.annotations.NullMarked;
