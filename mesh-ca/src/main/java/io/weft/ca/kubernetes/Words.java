package io.weft.ca.kubernetes;

/** Texts of the API server, as far as they go into our log and answers. */
final class Words {

    private Words() {}

    /** Printable ASCII on one line, cut at {@code max}. */
    static String of(String text, int max) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), max) + 1);
        for (int i = 0; i < text.length() && i < max; i++) {
            char c = text.charAt(i);
            shown.append(c >= 0x20 && c < 0x7f ? c : '?');
        }
        return text.length() > max ? shown.append('…').toString() : shown.toString();
    }
}
