package io.weft.demo.productpage;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.WebSession;

/** Who is logged in. The name lives in the session and goes downstream as the header {@code end-user}. */
final class EndUser {

    private static final String ATTRIBUTE = "user";
    private static final String HEADER = "end-user";
    private static final int LONGEST = 64;

    private EndUser() {}

    static @Nullable String of(WebSession session) {
        return session.getAttribute(ATTRIBUTE);
    }

    static void set(WebSession session, String name) {
        session.getAttributes().put(ATTRIBUTE, name);
    }

    /** The name becomes a header's value: nothing but printable ASCII, and not endless. */
    static boolean isAcceptable(@Nullable String name) {
        return name != null
                && !name.isBlank()
                && name.length() <= LONGEST
                && name.chars().allMatch(c -> c >= ' ' && c <= '~');
    }

    /** The headers to hand on for this request. A client's own {@code end-user} is not believed: only who has logged in has one. */
    static HttpHeaders headers(HttpHeaders incoming, WebSession session) {
        HttpHeaders headers = new HttpHeaders();
        headers.putAll(incoming);
        headers.remove(HEADER);
        String name = of(session);
        if (name != null) {
            headers.set(HEADER, name);
        }
        return headers;
    }
}
