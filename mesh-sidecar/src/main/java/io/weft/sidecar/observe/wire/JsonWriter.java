package io.weft.sidecar.observe.wire;

/** Writes JSON strings: whatever a peer put into a value, it stays inside its quotes. */
public final class JsonWriter {
    private JsonWriter() {}

    /** The value in quotes. */
    public static StringBuilder quote(StringBuilder out, CharSequence value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029) {
                out.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    out.append(Character.forDigit(c >> shift & 15, 16));
                }
            } else {
                out.append(c);
            }
        }
        return out.append('"');
    }
}
