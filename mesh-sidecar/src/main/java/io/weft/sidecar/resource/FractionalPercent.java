package io.weft.sidecar.resource;

/** Envoy's {@code FractionalPercent}: numerator of 100, 10,000 or 1,000,000. */
public record FractionalPercent(int numerator, int denominator) {
    public static final FractionalPercent NEVER = new FractionalPercent(0, 100);
    public static final FractionalPercent ALWAYS = new FractionalPercent(100, 100);

    public FractionalPercent {
        if (numerator < 0 || denominator != 100 && denominator != 10_000 && denominator != 1_000_000) {
            throw new ResourceException(
                    "percent: " + numerator + "/" + denominator + " (expected: >= 0 of 100, 10000 or 1000000)");
        }
    }
}
