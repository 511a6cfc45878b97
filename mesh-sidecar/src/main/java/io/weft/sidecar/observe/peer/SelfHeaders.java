package io.weft.sidecar.observe.peer;

import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.resource.LocalNode;

/** What this proxy tells mesh peers about itself, in each request or once on a connection. Before it is introduced it tells nothing. */
public final class SelfHeaders {
    private volatile Told told = Told.of("", "");

    private record Told(AsciiString metadata, AsciiString id, byte[] frame) {
        private static Told of(String metadata, String id) {
            return new Told(AsciiString.cached(metadata), AsciiString.cached(id), PeerFrame.of(metadata, id));
        }
    }

    public void introduce(LocalNode node) {
        told = Told.of(node.peerMetadata(), node.id());
    }

    /** To a peer that reads it. */
    public void write(HeaderBlock head) {
        Told now = told;
        if (!now.metadata().isEmpty()) {
            head.set(PeerMetadata.HEADER, now.metadata());
            head.set(PeerMetadata.ID_HEADER, now.id());
        }
    }

    /** What a connection begins with, to a peer that reads it; not to be changed. */
    byte[] frame() {
        return told.frame();
    }

    /** Nobody else is told, whoever wrote it. */
    public static void remove(HeaderBlock head) {
        head.remove(PeerMetadata.HEADER);
        head.remove(PeerMetadata.ID_HEADER);
    }
}
