package io.weft.pilot.routing;

/**
 * A destination, resolved.
 *
 * @param host   full name
 * @param subset empty: the whole service
 */
public record Target(String host, String subset, int port) {

    /** The cluster that carries it, as the reference mesh names it. */
    public String cluster() {
        return "outbound|" + port + "|" + subset + "|" + host;
    }
}
