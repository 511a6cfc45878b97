package io.weft.ca.kubernetes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** So many a second for each address. Of more addresses than can be remembered the one that was quiet the longest is forgotten. */
final class PeerRates {

    private final int perSecond;
    private final LongSupplier nanos;
    private final Map<String, ReviewRate> rates;

    PeerRates(int perSecond, int max, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
        this.rates = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, ReviewRate> eldest) {
                return size() > max;
            }
        };
    }

    /** False: too many of this address by now. */
    synchronized boolean take(String address) {
        return rates.computeIfAbsent(address, first -> new ReviewRate(perSecond, nanos)).take();
    }
}
