package io.weft.ca.attest;

/** The {@code authorization} metadata of a caller with a token. */
public final class Bearer {

    private static final String KIND = "Bearer ";
    private static final int MAX_LENGTH = 8 * 1024;

    private Bearer() {}

    /** The token in it: at most 8 KiB of printable ASCII. */
    public static String token(String authorization) throws RefusedException {
        if (!authorization.regionMatches(true, 0, KIND, 0, KIND.length())) {
            throw refused("authorization is of another kind (expected: Bearer <token>)");
        }
        if (authorization.length() > MAX_LENGTH) {
            throw refused(authorization.length() + " characters (expected: at most " + MAX_LENGTH + ")");
        }
        String token = authorization.substring(KIND.length());
        if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw refused("not a token (expected: Bearer <token>)");
        }
        return token;
    }

    /** @param why what is wrong with the token, for its bearer */
    public static RefusedException refused(String why) {
        return RefusedException.unauthenticated("token refused: " + why);
    }
}
