package io.weft.sidecar.message;

import org.jspecify.annotations.Nullable;

/** The head of a request. {@code path} is the target in origin form, with query; {@code CONNECT} has none and says {@code ""}. */
public interface RequestHead extends HeaderBlock {
    CharSequence method();

    String path();

    void path(String path);

    /** Host and port as the client said it; never null behind the strict gate. */
    String authority();

    void authority(String authority);

    /** {@code http} or {@code https}. */
    String scheme();

    void scheme(String scheme);

    /** For formatters and logs. */
    String protocol();

    /** The target of an extended CONNECT or the {@code Upgrade} of HTTP/1, lower-case; null when the request asks for no upgrade. */
    @Nullable String upgrade();

    /** Remembers what {@link #upgrade()} says; set by the downstream codec before hop-by-hop headers go. */
    void upgrade(@Nullable String protocol);
}
