package io.weft.sidecar.route;

import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.FractionalPercent;

/** A compiled {@link FractionalPercent}. */
public final class Share {
    private final int numerator;
    private final int denominator;

    public Share(FractionalPercent percent) {
        this.numerator = percent.numerator();
        this.denominator = percent.denominator();
    }

    public boolean hit(LoopState loop) {
        return numerator >= denominator || numerator > 0 && loop.nextInt(denominator) < numerator;
    }
}
