package io.weft.pilot.model.parse;

/** Bounds of what is read. */
public final class ParseLimits {

    /** Bytes of a file or a request body. */
    public static final int MAX_BYTES = 1 << 20;

    /** Documents in one file or request body, and objects in them all. */
    public static final int MAX_DOCUMENTS = 1000;

    /** Characters of a line of YAML. */
    static final int MAX_LINE = 1 << 17;

    /** Mappings and lists inside each other. */
    static final int MAX_DEPTH = 50;

    /** Aliases of mappings and lists in one document. */
    static final int MAX_ALIASES = 50;

    /** Values in one document after aliases are expanded. */
    static final int MAX_VALUES = 200_000;

    /** Problems told about one object. */
    static final int MAX_PROBLEMS = 50;

    private ParseLimits() {}

    public static UnreadableException tooLarge(long bytes) {
        return new UnreadableException(bytes + " bytes (expected: at most " + MAX_BYTES + ")");
    }

    /** Refuses more documents, or objects in them, than {@link #MAX_DOCUMENTS}. */
    public static void requireDocuments(int count) throws UnreadableException {
        if (count > MAX_DOCUMENTS) {
            throw new UnreadableException("too many documents (expected: at most " + MAX_DOCUMENTS + ")");
        }
    }

    public static UnreadableException notUtf8() {
        return new UnreadableException("not UTF-8 (expected: UTF-8 text)");
    }
}
