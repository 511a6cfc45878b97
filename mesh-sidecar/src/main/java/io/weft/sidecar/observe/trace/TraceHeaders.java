package io.weft.sidecar.observe.trace;

import io.netty.util.AsciiString;
import io.weft.sidecar.message.HeaderBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Trace context in headers: W3C Trace Context level 1, and B3 in one header or several (openzipkin/b3-propagation). */
final class TraceHeaders {
    static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
    static final AsciiString TRACESTATE = AsciiString.cached("tracestate");
    static final AsciiString B3 = AsciiString.cached("b3");
    static final AsciiString X_B3_TRACEID = AsciiString.cached("x-b3-traceid");
    static final AsciiString X_B3_SPANID = AsciiString.cached("x-b3-spanid");
    static final AsciiString X_B3_PARENTSPANID = AsciiString.cached("x-b3-parentspanid");
    static final AsciiString X_B3_SAMPLED = AsciiString.cached("x-b3-sampled");
    static final AsciiString X_B3_FLAGS = AsciiString.cached("x-b3-flags");

    private static final int W3C_LENGTH = 55;
    private static final AsciiString ONE = AsciiString.cached("1");
    private static final AsciiString ZERO = AsciiString.cached("0");

    private TraceHeaders() {}

    /** Whether somebody has decided about sampling. */
    enum Decision {
        YES,
        NO,
        OPEN
    }

    /** A caller's context; ids of 0: it has decided, but named no trace. */
    record Context(long high, long low, long spanId, Decision decision) {
        boolean named() {
            return (high | low) != 0;
        }
    }

    /** Null when there is none, or what is there is not one. */
    static @Nullable Context w3c(HeaderBlock head) {
        CharSequence value = head.get(TRACEPARENT);
        if (value == null || value.length() < W3C_LENGTH || head.getAll(TRACEPARENT).size() > 1) {
            return null;
        }
        boolean shape = value.charAt(2) == '-' && value.charAt(35) == '-' && value.charAt(52) == '-'
                && Hex.isHex(value, 0, 2) && Hex.isHex(value, 3, 35) && Hex.isHex(value, 36, 52) && Hex.isHex(value, 53, 55);
        if (!shape) {
            return null;
        }
        long version = Hex.parse(value, 0, 2);
        // version 0 ends here; a later one may go on, behind a dash
        if (version == 255 || version == 0 && value.length() != W3C_LENGTH || value.length() > W3C_LENGTH && value.charAt(W3C_LENGTH) != '-') {
            return null;
        }
        Context context = new Context(
                Hex.parse(value, 3, 19), Hex.parse(value, 19, 35), Hex.parse(value, 36, 52),
                (Hex.parse(value, 53, 55) & 1) != 0 ? Decision.YES : Decision.NO);
        return context.named() && context.spanId() != 0 ? context : null;
    }

    /** {@code b3}. */
    static @Nullable Context single(HeaderBlock head) {
        CharSequence value = head.get(B3);
        if (value == null || value.length() > 32 + 1 + 16 + 1 + 1 + 1 + 16) {
            return null;
        }
        if (value.length() == 1) {
            Decision alone = decision(value);
            return alone == null ? null : new Context(0, 0, 0, alone);
        }
        String text = value.toString();
        int trace = text.indexOf('-');
        int span = trace < 0 ? -1 : text.indexOf('-', trace + 1);
        if (trace < 0) {
            return null;
        }
        int spanEnd = span < 0 ? text.length() : span;
        Decision decision = Decision.OPEN;
        if (span >= 0) {
            int end = text.indexOf('-', span + 1);
            decision = decision(text.substring(span + 1, end < 0 ? text.length() : end));
        }
        return decision == null ? null : context(text.substring(0, trace), text.substring(trace + 1, spanEnd), decision);
    }

    /** {@code x-b3-…}. */
    static @Nullable Context multi(HeaderBlock head) {
        CharSequence flags = head.get(X_B3_FLAGS);
        CharSequence sampled = head.get(X_B3_SAMPLED);
        Decision decision = flags != null && AsciiString.contentEquals(flags, "1")
                ? Decision.YES
                : sampled == null ? Decision.OPEN : decision(sampled);
        CharSequence trace = head.get(X_B3_TRACEID);
        CharSequence span = head.get(X_B3_SPANID);
        if (decision == null) {
            return null;
        }
        if (trace == null && span == null) {
            return decision == Decision.OPEN ? null : new Context(0, 0, 0, decision);
        }
        return trace == null || span == null ? null : context(trace, span, decision);
    }

    private static @Nullable Context context(CharSequence trace, CharSequence span, Decision decision) {
        int length = trace.length();
        if (length != 16 && length != 32 || span.length() != 16 || !Hex.isHex(trace, 0, length) || !Hex.isHex(span, 0, 16)) {
            return null;
        }
        Context context = new Context(
                length == 32 ? Hex.parse(trace, 0, 16) : 0, Hex.parse(trace, length - 16, length), Hex.parse(span, 0, 16), decision);
        return context.named() && context.spanId() != 0 ? context : null;
    }

    private static @Nullable Decision decision(CharSequence said) {
        return switch (said.toString()) {
            case "1", "d", "true" -> Decision.YES;
            case "0", "false" -> Decision.NO;
            default -> null;
        };
    }

    /** {@code 00-<trace>-<span>-<sampled>}. */
    static void w3c(HeaderBlock head, long high, long low, long span, boolean sampled) {
        byte[] out = new byte[W3C_LENGTH];
        out[0] = '0';
        out[1] = '0';
        out[2] = '-';
        Hex.write(out, 3, high);
        Hex.write(out, 19, low);
        out[35] = '-';
        Hex.write(out, 36, span);
        out[52] = '-';
        out[53] = '0';
        out[54] = (byte) (sampled ? '1' : '0');
        head.set(TRACEPARENT, new AsciiString(out, false));
    }

    /** B3 in the forms it came in, for this span. */
    static void b3(HeaderBlock head, long high, long low, long span, long parent, boolean sampled, boolean inOne, boolean inSeveral) {
        if (inOne) {
            byte[] out = new byte[parent == 0 ? 51 : 68];
            Hex.write(out, 0, high);
            Hex.write(out, 16, low);
            out[32] = '-';
            Hex.write(out, 33, span);
            out[49] = '-';
            out[50] = (byte) (sampled ? '1' : '0');
            if (parent != 0) {
                out[51] = '-';
                Hex.write(out, 52, parent);
            }
            head.set(B3, new AsciiString(out, false));
        }
        if (inSeveral) {
            byte[] trace = new byte[32];
            Hex.write(trace, 0, high);
            Hex.write(trace, 16, low);
            head.set(X_B3_TRACEID, new AsciiString(trace, false));
            head.set(X_B3_SPANID, hex(span));
            if (parent == 0) {
                head.remove(X_B3_PARENTSPANID);
            } else {
                head.set(X_B3_PARENTSPANID, hex(parent));
            }
            head.remove(X_B3_FLAGS);
            head.set(X_B3_SAMPLED, sampled ? ONE : ZERO);
        }
    }

    private static AsciiString hex(long id) {
        byte[] out = new byte[16];
        Hex.write(out, 0, id);
        return new AsciiString(out, false);
    }

    static boolean severalB3(HeaderBlock head) {
        return head.contains(X_B3_TRACEID) || head.contains(X_B3_SAMPLED) || head.contains(X_B3_FLAGS);
    }

    /** What is there and cannot be believed must not be believed further on. */
    static void forgetW3c(HeaderBlock head) {
        for (AsciiString name : List.of(TRACEPARENT, TRACESTATE)) {
            head.remove(name);
        }
    }

    static void forgetB3(HeaderBlock head) {
        for (AsciiString name : List.of(B3, X_B3_TRACEID, X_B3_SPANID, X_B3_PARENTSPANID, X_B3_SAMPLED, X_B3_FLAGS)) {
            head.remove(name);
        }
    }
}
