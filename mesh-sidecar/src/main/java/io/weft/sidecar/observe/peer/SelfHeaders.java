package io.weft.sidecar.observe.peer;

import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.resource.LocalNode;

/** What this proxy tells mesh peers about itself in each request. Before it is introduced it tells nothing. */
public final class SelfHeaders {
    private volatile Told told = new Told(AsciiString.EMPTY_STRING, AsciiString.EMPTY_STRING);

    private record Told(AsciiString metadata, AsciiString id) {}

    public void introduce(LocalNode node) {
        told = new Told(AsciiString.cached(node.peerMetadata()), AsciiString.cached(node.id()));
    }

    /** To a peer that reads it. */
    public void write(HeaderBlock head) {
        Told now = told;
        if (!now.metadata().isEmpty()) {
            head.set(PeerMetadata.HEADER, now.metadata());
            head.set(PeerMetadata.ID_HEADER, now.id());
        }
    }

    /** Nobody else is told, whoever wrote it. */
    public static void remove(HeaderBlock head) {
        head.remove(PeerMetadata.HEADER);
        head.remove(PeerMetadata.ID_HEADER);
    }
}
