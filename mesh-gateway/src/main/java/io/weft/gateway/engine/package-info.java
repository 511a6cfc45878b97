/**
 * The bridge between the engine and Spring Cloud Gateway: one Reactor Netty pipeline, in which the engine stands first and Reactor's own
 * handlers, with WebFlux behind them, get what the engine does not claim.
 *
 * <p>HTTP/1: {@code TLS · strict codec · engine · SpringExchanges · HttpTrafficHandler · ReactiveBridge}. Behind
 * {@code HttpTrafficHandler} the engine would hang the next request, because that handler counts an answer for every request it has seen.
 * That pipelined requests keep their order is the strict codec's doing: it emits nothing of the next request until the final answer to the
 * one before has been written, whoever wrote it.
 *
 * <p>HTTP/2: {@code TLS · frame codec · engine · SpringStreams · Http2MultiplexHandler}. The engine works on frames; the
 * multiplexer's child channel is only made for a stream that goes on to WebFlux.
 */
@NullMarked
package io.weft.gateway.engine;

import org.jspecify.annotations.NullMarked;
