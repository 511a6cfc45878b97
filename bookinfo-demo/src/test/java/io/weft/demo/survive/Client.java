package io.weft.demo.survive;

import java.util.concurrent.CompletableFuture;

/** Sends requests over one protocol, on connections of one kind. Nothing is ever sent twice: a client that tries again hides what the tests look for. */
interface Client extends AutoCloseable {

    /** Fails if the connection does. To be called on the client's loop. */
    CompletableFuture<Answer> send(Ask ask);

    @Override
    void close();
}
