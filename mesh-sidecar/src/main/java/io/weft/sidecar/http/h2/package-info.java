/**
 * HTTP/2 at frame level, server and client side: streams become exchanges and upstream streams without a channel of their own. Netty's frame
 * codec speaks the protocol; what it lets pass by default is refused here.
 */
@NullMarked
package io.weft.sidecar.http.h2;

import org.jspecify.annotations.NullMarked;
