package io.weft.sidecar.observe.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf messages into one growing array. Nested messages get their length when they end: three bytes are kept for it, which bounds them to
 * two megabytes. Empty strings and zeros are left out, as proto3 does. Used again and again by one thread.
 */
public final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int LENGTH = 3;

    private byte[] out = new byte[1024];
    private int at;

    /** Begins anew. */
    public ProtoWriter clear() {
        at = 0;
        return this;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(out, at);
    }

    private void room(int bytes) {
        if (out.length - at < bytes) {
            out = Arrays.copyOf(out, Math.max(out.length * 2, at + bytes));
        }
    }

    private void raw(long value) {
        room(10);
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out[at++] = (byte) (left & 0x7f | 0x80);
            left >>>= 7;
        }
        out[at++] = (byte) left;
    }

    private void tag(int field, int type) {
        raw((long) field << 3 | type);
    }

    /** An integer, enum or bool that is not negative; 0 is left out. */
    public void number(int field, long value) {
        if (value != 0) {
            tag(field, VARINT);
            raw(value);
        }
    }

    /** The same, said even when it is 0: in a oneof, and in wrappers. */
    public void said(int field, long value) {
        tag(field, VARINT);
        raw(value);
    }

    public void flag(int field, boolean value) {
        number(field, value ? 1 : 0);
    }

    public void fixed64(int field, long value) {
        tag(field, FIXED64);
        room(8);
        for (int shift = 0; shift < 64; shift += 8) {
            out[at++] = (byte) (value >>> shift);
        }
    }

    public void fixed32(int field, int value) {
        tag(field, FIXED32);
        room(4);
        for (int shift = 0; shift < 32; shift += 8) {
            out[at++] = (byte) (value >>> shift);
        }
    }

    /** Sixteen, or eight, bytes of an id, most significant first. */
    public void id(int field, long... words) {
        tag(field, BYTES);
        raw(words.length * 8L);
        room(words.length * 8);
        for (long word : words) {
            for (int shift = 56; shift >= 0; shift -= 8) {
                out[at++] = (byte) (word >>> shift);
            }
        }
    }

    /** Empty is left out. */
    public void text(int field, CharSequence value) {
        if (value.length() > 0) {
            saidText(field, value);
        }
    }

    /** Said even when it is empty. Characters of headers above ASCII are taken for what they are in ISO 8859-1. */
    public void saidText(int field, CharSequence value) {
        tag(field, BYTES);
        int length = value.length();
        if (ascii(value, length)) {
            raw(length);
            room(length);
            for (int i = 0; i < length; i++) {
                out[at++] = (byte) value.charAt(i);
            }
        } else {
            byte[] utf8 = value.toString().getBytes(StandardCharsets.UTF_8);
            raw(utf8.length);
            copy(utf8);
        }
    }

    private static boolean ascii(CharSequence value, int length) {
        for (int i = 0; i < length; i++) {
            if (value.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** A message or bytes that are there already. */
    public void bytes(int field, byte[] value) {
        tag(field, BYTES);
        raw(value.length);
        copy(value);
    }

    private void copy(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, out, at, value.length);
        at += value.length;
    }

    /** Begins a nested message; give what it returns to {@link #end}. */
    public int begin(int field) {
        tag(field, BYTES);
        room(LENGTH);
        at += LENGTH;
        return at;
    }

    /** Ends the message that began at {@code start}. */
    public void end(int start) {
        int length = at - start;
        if (length >= 1 << 7 * LENGTH) {
            throw new IllegalStateException("a nested message of " + length + " bytes (expected: less than 2 MiB)");
        }
        out[start - 3] = (byte) (length & 0x7f | 0x80);
        out[start - 2] = (byte) (length >>> 7 & 0x7f | 0x80);
        out[start - 1] = (byte) (length >>> 14);
    }

    /** A message that says nothing but that it is there. */
    public void empty(int field) {
        tag(field, BYTES);
        raw(0);
    }

    /** {@code google.protobuf.Duration} or {@code Timestamp}. */
    public void time(int field, long seconds, int nanos) {
        int start = begin(field);
        number(1, seconds);
        number(2, nanos);
        end(start);
    }

    /** {@code google.protobuf.Duration}. */
    public void duration(int field, long nanos) {
        time(field, nanos / 1_000_000_000L, (int) (nanos % 1_000_000_000L));
    }

    /** An entry of {@code map<string, string>}. */
    public void entry(int field, CharSequence key, CharSequence value) {
        int start = begin(field);
        text(1, key);
        text(2, value);
        end(start);
    }
}
