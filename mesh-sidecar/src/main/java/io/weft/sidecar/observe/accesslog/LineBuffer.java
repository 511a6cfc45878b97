package io.weft.sidecar.observe.accesslog;

import io.netty.util.AsciiString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one event loop for one sink, as bytes: a value is looked at once and copied once on its way from a head to the file. The loop holds the monitor
 * while it writes a line, the writer's thread only while it changes the full array for an empty one, so neither waits for the other's work.
 */
final class LineBuffer {
    private static final int FIRST_BYTES = 8 * 1024;
    /** What one burst made larger is not kept for ever. */
    private static final int KEPT_BYTES = 256 * 1024;

    private final int most;
    private final LogTime time = new LogTime();
    private byte[] bytes = new byte[FIRST_BYTES];
    private byte @Nullable [] spare;
    private @Nullable LineBuffer scratch;
    private int length;
    /** Where the last whole line ends; what is behind it is being written. */
    private int whole;

    private volatile boolean retired;

    /** @param most bytes held for the writer; what would go beyond is dropped */
    LineBuffer(int most) {
        this.most = most;
    }

    /** Forgets a line that was begun and never ended. */
    void begin() {
        length = whole;
    }

    /** Ends the line. False: it is dropped, because the writer is behind. */
    boolean end() {
        if (length == whole || bytes[length - 1] != '\n') {
            append('\n');
        }
        if (length > most) {
            length = whole;
            return false;
        }
        whole = length;
        return true;
    }

    /** Another one, for a value that is changed on its way into this one; for whoever writes this line. */
    LineBuffer scratch() {
        LineBuffer one = scratch;
        if (one == null) {
            one = new LineBuffer(most);
            scratch = one;
        }
        return one;
    }

    int length() {
        return length;
    }

    byte at(int index) {
        return bytes[index];
    }

    /** Takes back what was written since. */
    void truncate(int to) {
        length = to;
    }

    /** An ASCII character. */
    LineBuffer append(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
        return this;
    }

    LineBuffer append(byte[] text) {
        return append(text, 0, text.length);
    }

    private LineBuffer append(byte[] text, int from, int count) {
        reserve(count);
        System.arraycopy(text, from, bytes, length, count);
        length += count;
        return this;
    }

    LineBuffer append(long number) {
        if (number < 0) {
            return append(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
        }
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        reserve(digits);
        long rest = number;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** {@code 2026-11-23T07:05:31.123Z}. */
    LineBuffer appendTime(long epochMillis) {
        time.write(epochMillis, this);
        return this;
    }

    /** The value as it is. */
    LineBuffer append(CharSequence text) {
        if (text instanceof AsciiString ascii && isAscii(ascii)) {
            return append(ascii.array(), ascii.arrayOffset(), ascii.length());
        }
        return append(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** HTTP/2 allows other bytes in a field, which need not be UTF-8: nobody could read a line of JSON that had them. */
    private static boolean isAscii(AsciiString text) {
        byte[] from = text.array();
        int end = text.arrayOffset() + text.length();
        for (int i = text.arrayOffset(); i < end; i++) {
            if (from[i] < 0) {
                return false;
            }
        }
        return true;
    }

    /** A peer's bytes must not end the line, close its quotes or drive the terminal it is shown on. Nearly all are harmless. */
    LineBuffer appendClean(CharSequence text) {
        int count = text.length();
        reserve(count);
        int good = text instanceof AsciiString ascii ? copyGood(ascii, count) : copyGood(text.toString(), count);
        length += good;
        if (good < count) {
            escape(text.toString(), good);
        }
        return this;
    }

    // Twice, so that each loop has one kind of text and the compiler sees through it.
    private int copyGood(AsciiString text, int count) {
        byte[] from = text.array();
        int offset = text.arrayOffset();
        for (int i = 0; i < count; i++) {
            byte c = from[offset + i];
            if (!isGood(c)) {
                return i;
            }
            bytes[length + i] = c;
        }
        return count;
    }

    private int copyGood(String text, int count) {
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            if (!isGood(c)) {
                return i;
            }
            bytes[length + i] = (byte) c;
        }
        return count;
    }

    private static boolean isGood(int c) {
        return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
    }

    private void escape(String text, int from) {
        int i = from;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (isGood(c)) {
                append((char) c);
            } else if (c == '"' || c == '\\') {
                append('\\').append((char) c);
            } else if (c < 0xa0) {
                append('\\').append('x').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                append(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** Another buffer's bytes, which are UTF-8, as a JSON string. */
    void appendQuoted(LineBuffer value) {
        append('"');
        for (int i = 0; i < value.length; i++) {
            char c = (char) (value.bytes[i] & 0xff);
            if (c == '"' || c == '\\') {
                append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f) {
                append('\\').append('u').append('0').append('0').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                append(c);
            }
        }
        append('"');
    }

    private void reserve(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, 2 * bytes.length));
        }
    }

    /** Writes the whole lines; called by the writer's thread, without holding up the event loop while the disk works. Returns how many bytes it took. */
    int drainTo(OutputStream out) throws IOException {
        byte[] full;
        int count;
        synchronized (this) {
            count = whole;
            if (count == 0) {
                return 0;
            }
            full = bytes;
            bytes = spare == null ? new byte[FIRST_BYTES] : spare;
            spare = null;
            length = 0;
            whole = 0;
        }
        out.write(full, 0, count);
        if (full.length <= KEPT_BYTES) {
            synchronized (this) {
                spare = full;
            }
        }
        return count;
    }

    synchronized boolean isEmpty() {
        return whole == 0;
    }

    /** Its event loop has ended. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }
}
