package io.weft.sidecar.http.h1;

import io.netty.handler.codec.http.HttpHeaders;
import io.weft.sidecar.message.HeaderNames;

/** Fields that belong to one connection (RFC 9110 section 7.6.1); gone before anything else looks at a message. */
final class HopByHop {
    private HopByHop() {}

    /**
     * Removes {@code Connection}, what it names, and what it should have named. {@code Transfer-Encoding} stays for the codec; so does
     * {@code te: trailers}.
     */
    static void remove(HttpHeaders headers) {
        if (headers.contains(HeaderNames.CONNECTION)) {
            for (String line : headers.getAll(HeaderNames.CONNECTION)) {
                removeNamed(headers, line);
            }
            headers.remove(HeaderNames.CONNECTION);
        }
        headers.remove(HeaderNames.KEEP_ALIVE);
        headers.remove(HeaderNames.PROXY_CONNECTION);
        headers.remove(HeaderNames.UPGRADE);
        String te = headers.get(HeaderNames.TE);
        if (te != null && !te.equalsIgnoreCase("trailers")) {
            headers.remove(HeaderNames.TE);
        }
    }

    private static void removeNamed(HttpHeaders headers, String line) {
        int start = 0;
        while (start < line.length()) {
            int comma = line.indexOf(',', start);
            int end = comma < 0 ? line.length() : comma;
            String name = line.substring(start, end).trim();
            if (!name.isEmpty() && !keeps(name)) {
                headers.remove(name);
            }
            start = end + 1;
        }
    }

    /** Nobody may have framing, routing or {@code te: trailers} removed by naming it. */
    private static boolean keeps(String name) {
        return HeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)
                || HeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                || HeaderNames.HOST.contentEqualsIgnoreCase(name)
                || HeaderNames.TE.contentEqualsIgnoreCase(name);
    }
}
