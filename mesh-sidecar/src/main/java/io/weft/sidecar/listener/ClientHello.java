package io.weft.sidecar.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weft.sidecar.message.Hosts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS client says first, read without touching it: server name and ALPN. Bounded to {@link #MOST} bytes; a hello split over several
 * records is put together.
 *
 * @param serverName lower-case; empty: none
 */
record ClientHello(String serverName, List<String> protocols) {
    static final int MOST = 16 * 1024;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;

    ClientHello {
        protocols = List.copyOf(protocols);
    }

    /** Whether the first byte can only be TLS: a handshake record. */
    static boolean looksLikeTls(ByteBuf bytes) {
        return bytes.getUnsignedByte(bytes.readerIndex()) == HANDSHAKE;
    }

    /**
     * Null when more bytes are needed.
     *
     * @throws IllegalArgumentException when it is no hello, or too long
     */
    static @Nullable ClientHello peek(ByteBuf bytes) {
        ByteBuf hello = handshake(bytes);
        if (hello == null) {
            if (bytes.readableBytes() > MOST) {
                throw new IllegalArgumentException("ClientHello of more than " + MOST + " bytes");
            }
            return null;
        }
        try {
            return parse(hello);
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("ClientHello: its lengths do not add up", e);
        }
    }

    /** The body of the hello, without record and handshake headers; unpooled, so that nobody has to release it. */
    private static @Nullable ByteBuf handshake(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        byte[] joined = new byte[0];
        while (true) {
            if (end - at < 5) {
                return null;
            }
            int length = bytes.getUnsignedShort(at + 3);
            if (bytes.getUnsignedByte(at) != HANDSHAKE || bytes.getUnsignedByte(at + 1) != 3 || length == 0 || length > MOST) {
                throw new IllegalArgumentException("not a TLS handshake");
            }
            if (end - at - 5 < length) {
                return null;
            }
            int before = joined.length;
            joined = Arrays.copyOf(joined, before + length);
            bytes.getBytes(at + 5, joined, before, length);
            at += 5 + length;
            if (joined.length >= 4) {
                int whole = (joined[1] & 0xff) << 16 | (joined[2] & 0xff) << 8 | joined[3] & 0xff;
                if (joined[0] != CLIENT_HELLO || whole > MOST) {
                    throw new IllegalArgumentException("not a ClientHello of at most " + MOST + " bytes");
                }
                if (joined.length - 4 >= whole) {
                    return Unpooled.wrappedBuffer(joined, 4, whole);
                }
            }
        }
    }

    private static ClientHello parse(ByteBuf hello) {
        hello.skipBytes(2 + 32);
        hello.skipBytes(hello.readUnsignedByte());
        hello.skipBytes(hello.readUnsignedShort());
        hello.skipBytes(hello.readUnsignedByte());
        String name = "";
        List<String> protocols = new ArrayList<>();
        if (hello.isReadable()) {
            ByteBuf extensions = hello.readSlice(hello.readUnsignedShort());
            while (extensions.isReadable()) {
                int type = extensions.readUnsignedShort();
                ByteBuf body = extensions.readSlice(extensions.readUnsignedShort());
                if (type == SERVER_NAME) {
                    name = serverName(body);
                } else if (type == ALPN) {
                    protocols(body, protocols);
                }
            }
        }
        return new ClientHello(name, protocols);
    }

    private static String serverName(ByteBuf body) {
        if (!body.isReadable()) {
            return "";
        }
        ByteBuf names = body.readSlice(body.readUnsignedShort());
        while (names.isReadable()) {
            int type = names.readUnsignedByte();
            String name = names.readCharSequence(names.readUnsignedShort(), StandardCharsets.US_ASCII).toString();
            if (type == 0) {
                return Hosts.lower(name);
            }
        }
        return "";
    }

    private static void protocols(ByteBuf body, List<String> protocols) {
        ByteBuf list = body.readSlice(body.readUnsignedShort());
        while (list.isReadable()) {
            protocols.add(list.readCharSequence(list.readUnsignedByte(), StandardCharsets.US_ASCII).toString());
        }
    }
}
