package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads start line and header lines (or the trailer section), one pass over the bytes, line by line as they come complete, refusing at the
 * first wrong byte. A connection tends to send the same lines again and again: a line that is byte for byte the same as the line of that
 * number in the previous head is taken over with its objects, unread.
 */
final class HeadReader {

    private static final int WINDOW = 4096;
    private static final int MEMO_BYTES = 2048;
    private static final int MEMO_LINES = 48;
    private static final byte[] NO_BYTES = {};
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[64 * 1024];
        }
    };

    private enum Section {
        REQUEST,
        RESPONSE,
        TRAILER
    }

    private final Http1Limits limits;
    private Section section = Section.REQUEST;

    // the head being read
    private int line;
    private int headBytes;
    private int scanned;
    private boolean done;
    private HttpMethod method = HttpMethod.GET;
    private String target = "";
    private boolean http10;
    private int status;
    private HttpHeaders headers = newHeaders();
    private int hosts;
    private long contentLength = -1;
    private boolean chunked;
    private boolean upgrade;

    // the previous head
    private byte[] memo = NO_BYTES;
    private int memoLines;
    private boolean memoStale;
    private int[] memoEnds = new int[16];
    private int[] ends = new int[16];
    private FieldName[] names = new FieldName[16];
    private AsciiString[] values = new AsciiString[16];

    HeadReader(Http1Limits limits) {
        this.limits = limits;
    }

    HttpMethod method() {
        return method;
    }

    String target() {
        return target;
    }

    boolean http10() {
        return http10;
    }

    int status() {
        return status;
    }

    HttpHeaders headers() {
        return headers;
    }

    /** Declared length of the body, or -1. */
    long contentLength() {
        return contentLength;
    }

    boolean chunked() {
        return chunked;
    }

    /** Whether there was an {@code Upgrade} field. */
    boolean upgrade() {
        return upgrade;
    }

    /** Whether a byte of the head has been taken. */
    boolean started() {
        return headBytes > 0 || scanned > 0;
    }

    /** Whether a head has begun and has not ended. */
    boolean partial() {
        return !done && started();
    }

    boolean readRequest(ByteBuf in) {
        begin(Section.REQUEST);
        if (!read(in)) {
            return false;
        }
        checkRequest();
        return true;
    }

    boolean readResponse(ByteBuf in) {
        begin(Section.RESPONSE);
        if (!read(in)) {
            return false;
        }
        if (chunked && (contentLength >= 0 || http10)) {
            throw Http1Refusal.badRequest(http10 ? "Transfer-Encoding with HTTP/1.0" : "Transfer-Encoding together with Content-Length");
        }
        return true;
    }

    /** Reads a trailer section; {@link #headers()} holds it then. */
    boolean readTrailers(ByteBuf in) {
        begin(Section.TRAILER);
        return read(in);
    }

    private void begin(Section wanted) {
        if (done || section != wanted) {
            section = wanted;
            line = wanted == Section.TRAILER ? 1 : 0;
            headBytes = 0;
            scanned = 0;
            done = false;
            headers = newHeaders();
            hosts = 0;
            upgrade = false;
            if (wanted != Section.TRAILER) {
                contentLength = -1;
                chunked = false;
            }
        }
    }

    private static HttpHeaders newHeaders() {
        return DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    }

    private boolean read(ByteBuf in) {
        byte[] scratch = scratch();
        while (true) {
            int readable = in.readableBytes();
            if (readable <= scanned) {
                return false;
            }
            // what has been seen to hold no line feed is not read again for every byte that trickles in
            if (scanned > 0 && in.indexOf(in.readerIndex() + scanned, in.writerIndex(), Bytes.LF) < 0) {
                scanned = readable;
                checkSize(scanned);
                return false;
            }
            int n = Math.min(readable, Math.min(scratch.length, Math.max(WINDOW, 2 * scanned + WINDOW)));
            in.getBytes(in.readerIndex(), scratch, 0, n);
            boolean whole = headBytes == 0 && section != Section.TRAILER;
            int pos = lines(scratch, n, whole);
            in.skipBytes(pos);
            headBytes += pos;
            scanned = done ? 0 : n - pos;
            checkSize(scanned);
            if (done) {
                return true;
            }
        }
    }

    private byte[] scratch() {
        byte[] scratch = SCRATCH.get();
        if (scratch.length < limits.maxHeaderBytes() + WINDOW) {
            scratch = new byte[limits.maxHeaderBytes() + WINDOW];
            SCRATCH.set(scratch);
        }
        return scratch;
    }

    private void checkSize(int partial) {
        if (line == 0 && partial > limits.maxStartLineBytes()) {
            throw tooLongStartLine();
        }
        if (headBytes + partial > limits.maxHeaderBytes()) {
            throw new Http1Refusal(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    "more than " + limits.maxHeaderBytes() + " bytes of header lines");
        }
    }

    private Http1Refusal tooLongStartLine() {
        return new Http1Refusal(HttpResponseStatus.REQUEST_URI_TOO_LONG, "start line longer than " + limits.maxStartLineBytes() + " bytes");
    }

    /** Takes the complete lines of {@code b[0..n)}; returns where the first incomplete one starts. */
    private int lines(byte[] b, int n, boolean whole) {
        int pos = 0;
        if (whole) {
            memoStale = false;
        } else if (section != Section.TRAILER) {
            memoStale = true;
            memoLines = 0;
        }
        while (!done && pos < n) {
            int next = whole && line < memoLines ? remembered(b, pos, n) : -1;
            if (next < 0) {
                next = line == 0 ? startLine(b, pos, n) : b[pos] == Bytes.CR ? lastLine(b, pos, n) : field(b, pos, n);
                if (next < 0) {
                    break;
                }
                if (!done) {
                    memoStale = true;
                }
            }
            if (!done) {
                mark(line, next);
                line++;
            }
            pos = next;
        }
        if (done && whole) {
            remember(b, pos);
        } else if (section != Section.TRAILER) {
            memoLines = 0;
        }
        return pos;
    }

    private void mark(int index, int end) {
        if (index < MEMO_LINES) {
            if (index >= ends.length) {
                ends = Arrays.copyOf(ends, MEMO_LINES);
                memoEnds = Arrays.copyOf(memoEnds, MEMO_LINES);
                names = Arrays.copyOf(names, MEMO_LINES);
                values = Arrays.copyOf(values, MEMO_LINES);
            }
            ends[index] = end;
        }
    }

    private int remembered(byte[] b, int pos, int n) {
        int from = line == 0 ? 0 : memoEnds[line - 1];
        int to = memoEnds[line];
        int next = pos + to - from;
        if (next > n || !Arrays.equals(b, pos, next, memo, from, to)) {
            return -1;
        }
        if (line > 0) {
            take(names[line], values[line], true);
        }
        return next;
    }

    private void remember(byte[] b, int length) {
        boolean fits = length <= MEMO_BYTES && line <= MEMO_LINES;
        if (!fits) {
            memoLines = 0;
        } else if (memoStale || line != memoLines) {
            if (memo.length < length) {
                memo = new byte[Math.min(MEMO_BYTES, Math.max(256, Integer.highestOneBit(length) << 1))];
            }
            System.arraycopy(b, 0, memo, 0, length);
            int[] swap = memoEnds;
            memoEnds = ends;
            ends = swap;
            memoLines = line;
        }
    }

    private int lastLine(byte[] b, int pos, int n) {
        if (pos + 1 == n) {
            return -1;
        }
        if (b[pos + 1] != Bytes.LF) {
            throw Http1Refusal.badRequest("carriage return without line feed");
        }
        done = true;
        return pos + 2;
    }

    private int startLine(byte[] b, int pos, int n) {
        int next = section == Section.REQUEST ? requestLine(b, pos, n) : statusLine(b, pos, n);
        if ((next < 0 ? n : next) - pos > limits.maxStartLineBytes() + 2) {
            throw tooLongStartLine();
        }
        return next;
    }

    private int requestLine(byte[] b, int pos, int n) {
        int i = pos;
        while (i < n && Bytes.isToken(b[i])) {
            i++;
        }
        if (i - pos > 32) {
            throw Http1Refusal.badRequest("request line: method longer than 32 characters");
        }
        if (i == n) {
            return -1;
        }
        if (i == pos || b[i] != ' ') {
            throw Http1Refusal.badRequest("request line: not a method (expected: token, one space)");
        }
        int methodEnd = i++;
        int targetStart = i;
        while (i < n && Bytes.isTarget(b[i])) {
            i++;
        }
        if (i == n) {
            return -1;
        }
        if (i == targetStart || b[i] != ' ') {
            throw Http1Refusal.badRequest("request line: bad character in the target, or no version");
        }
        int targetEnd = i++;
        int next = version(b, i, n);
        if (next < 0) {
            return -1;
        }
        int end = lineEnd(b, next, n);
        if (end >= 0) {
            method = method(b, pos, methodEnd);
            target = new String(b, targetStart, targetEnd - targetStart, StandardCharsets.ISO_8859_1);
        }
        return end;
    }

    private static HttpMethod method(byte[] b, int from, int to) {
        if (to - from == 3 && b[from] == 'G' && b[from + 1] == 'E' && b[from + 2] == 'T') {
            return HttpMethod.GET;
        }
        return HttpMethod.valueOf(new String(b, from, to - from, StandardCharsets.ISO_8859_1));
    }

    private int statusLine(byte[] b, int pos, int n) {
        int i = version(b, pos, n);
        if (i < 0 || i == n) {
            return -1;
        }
        if (b[i++] != ' ') {
            throw Http1Refusal.badRequest("status line: no space after the version");
        }
        int code = 0;
        for (int k = 0; k < 3; k++, i++) {
            if (i == n) {
                return -1;
            }
            if (!Bytes.isDigit(b[i])) {
                throw Http1Refusal.badRequest("status line: status is not three digits");
            }
            code = 10 * code + b[i] - '0';
        }
        if (code < 100) {
            throw Http1Refusal.badRequest("status line: status " + code + " (expected: >= 100)");
        }
        status = code;
        if (i < n && b[i] == ' ') {
            do {
                i++;
            } while (i < n && Bytes.isValue(b[i]));
        }
        return i == n ? -1 : lineEnd(b, i, n);
    }

    /** Returns the index after the version, or -1 when there is not enough of it. */
    private int version(byte[] b, int pos, int n) {
        int i = pos;
        for (int k = 0; k < VERSION.length; k++, i++) {
            if (i == n) {
                return -1;
            }
            if (b[i] != VERSION[k]) {
                throw badVersion();
            }
        }
        if (i == n) {
            return -1;
        }
        if (b[i] != '1' && b[i] != '0') {
            throw badVersion();
        }
        http10 = b[i] == '0';
        return i + 1;
    }

    private static Http1Refusal badVersion() {
        return Http1Refusal.badRequest("start line: bad version (expected: HTTP/1.1 or HTTP/1.0)");
    }

    private static int lineEnd(byte[] b, int pos, int n) {
        if (pos == n) {
            return -1;
        }
        if (b[pos] != Bytes.CR) {
            throw Http1Refusal.badRequest(b[pos] == Bytes.LF ? "line feed without carriage return" : "control or unexpected character in a line");
        }
        if (pos + 1 == n) {
            return -1;
        }
        if (b[pos + 1] != Bytes.LF) {
            throw Http1Refusal.badRequest("carriage return without line feed");
        }
        return pos + 2;
    }

    private int field(byte[] b, int pos, int n) {
        int i = pos;
        int hash = 0;
        while (i < n && Bytes.isToken(b[i])) {
            hash = FieldNames.hash(hash, Bytes.lower(b[i]));
            i++;
        }
        if (i == n) {
            return -1;
        }
        if (i == pos || b[i] != ':') {
            throw badName(b[i], i == pos);
        }
        int nameEnd = i++;
        while (i < n && (b[i] == ' ' || b[i] == '\t')) {
            i++;
        }
        int valueStart = i;
        while (i < n && Bytes.isValue(b[i])) {
            i++;
        }
        int next = lineEnd(b, i, n);
        if (next < 0) {
            return -1;
        }
        if (line > limits.maxHeaderLines()) {
            throw new Http1Refusal(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "more than " + limits.maxHeaderLines() + " header lines");
        }
        while (i > valueStart && (b[i - 1] == ' ' || b[i - 1] == '\t')) {
            i--;
        }
        FieldName name = FieldNames.intern(b, pos, nameEnd - pos, hash);
        AsciiString value = i == valueStart ? AsciiString.EMPTY_STRING : new AsciiString(b, valueStart, i - valueStart, true);
        take(name, value, false);
        if (section != Section.TRAILER && line < MEMO_LINES) {
            mark(line, next);
            names[line] = name;
            values[line] = value;
        }
        return next;
    }

    private static Http1Refusal badName(byte b, boolean first) {
        if (first && (b == ' ' || b == '\t')) {
            return Http1Refusal.badRequest("folded header line");
        }
        if (b == ' ' || b == '\t') {
            return Http1Refusal.badRequest("white space before the colon of a header line");
        }
        return Http1Refusal.badRequest(b == Bytes.LF ? "line feed without carriage return" : "header line: bad character in the name, or no colon");
    }

    /** Adds a field, and notes what it means for the framing; {@code known} says that its value was checked in the previous head. */
    private void take(FieldName name, AsciiString value, boolean known) {
        FieldName.Kind kind = name.kind();
        if (kind != FieldName.Kind.OTHER) {
            if (section == Section.TRAILER) {
                throw Http1Refusal.badRequest(name.text() + " in a trailer section");
            }
            switch (kind) {
                case HOST -> {
                    hosts++;
                    if (!known && section == Section.REQUEST && !Authority.isValid(value)) {
                        throw Http1Refusal.badRequest("Host: not a host with an optional port");
                    }
                }
                case CONTENT_LENGTH -> {
                    if (contentLength >= 0) {
                        throw Http1Refusal.badRequest("more than one Content-Length");
                    }
                    contentLength = length(value);
                }
                case TRANSFER_ENCODING -> {
                    if (chunked || !value.contentEqualsIgnoreCase("chunked")) {
                        throw Http1Refusal.badRequest("Transfer-Encoding: (expected: the single token chunked)");
                    }
                    chunked = true;
                }
                case UPGRADE -> upgrade = true;
                default -> { }
            }
        }
        headers.add(name.text(), value);
    }

    private static long length(AsciiString value) {
        byte[] digits = value.array();
        int from = value.arrayOffset();
        int n = value.length();
        if (n == 0 || n > 18) {
            throw Http1Refusal.badRequest("Content-Length: (expected: 1 to 18 digits)");
        }
        long length = 0;
        for (int i = from; i < from + n; i++) {
            if (!Bytes.isDigit(digits[i])) {
                throw Http1Refusal.badRequest("Content-Length: (expected: 1 to 18 digits)");
            }
            length = 10 * length + digits[i] - '0';
        }
        return length;
    }

    private void checkRequest() {
        if (hosts != 1) {
            throw Http1Refusal.badRequest(hosts == 0 ? "no Host" : "more than one Host");
        }
        if (chunked && contentLength >= 0) {
            throw Http1Refusal.badRequest("Transfer-Encoding together with Content-Length");
        }
        if (chunked && http10) {
            throw Http1Refusal.badRequest("Transfer-Encoding with HTTP/1.0");
        }
        @Nullable String wrong = RequestTarget.wrong(method, target, limits.connectAllowed());
        if (wrong != null) {
            throw Http1Refusal.badRequest(wrong);
        }
    }
}
