package io.weft.sidecar.http;

import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HttpManagerResource;
import org.jspecify.annotations.Nullable;

/**
 * A compiled HTTP connection manager. Codecs hand it requests; everything that is not protocol is decided behind it. Its configuration may be
 * replaced at any time: it holds for the next request.
 */
public interface HttpService {
    /**
     * Starts an exchange. The codec has checked the protocol's rules, set {@code authority}, {@code path}, {@code scheme} and
     * {@code upgrade}, and removed hop-by-hop fields; normalising, header trust, policy and routing happen in here. The exchange may answer
     * before this returns.
     *
     * @param end there is no body
     * @return null when no route claims the request and this service lets such requests fall through: the head is then as the next handler
     *     should see it, and nothing was sent
     */
    @Nullable RequestEvents begin(Downstream downstream, RequestHead head, boolean end);

    /** What the codec obeys: limits, timeouts, header rules. Current when called. */
    HttpManagerResource settings();

    /** Lame duck: responses say {@code Connection: close}, HTTP/2 sends GOAWAY twice. */
    boolean draining();
}
