package io.weft.sidecar.http;

/** {@code grpc-timeout}: up to eight digits and a unit. */
final class GrpcTimeout {
    private GrpcTimeout() {}

    /** Milliseconds, rounded up; -1 when it is not a timeout. */
    static long millis(CharSequence value) {
        int length = value.length();
        if (length < 2 || length > 9) {
            return -1;
        }
        long amount = 0;
        for (int i = 0; i < length - 1; i++) {
            char c = value.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            amount = amount * 10 + c - '0';
        }
        return switch (value.charAt(length - 1)) {
            case 'H' -> amount * 3_600_000;
            case 'M' -> amount * 60_000;
            case 'S' -> amount * 1000;
            case 'm' -> amount;
            case 'u' -> (amount + 999) / 1000;
            case 'n' -> (amount + 999_999) / 1_000_000;
            default -> -1;
        };
    }
}
