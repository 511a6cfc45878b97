package io.weft.demo.productpage;

import org.jspecify.annotations.Nullable;

/** What a service said: its JSON, or the status and the sentence to show in its place. */
record Answer<T>(int status, @Nullable T body, @Nullable String error) {

    static <T> Answer<T> of(T body) {
        return new Answer<>(200, body, null);
    }

    static <T> Answer<T> failed(int status, String error) {
        return new Answer<>(status, null, error);
    }
}
