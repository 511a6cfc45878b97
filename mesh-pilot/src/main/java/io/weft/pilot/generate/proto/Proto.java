package io.weft.pilot.generate.proto;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import java.time.Duration;

/** Protobuf values. */
public final class Proto {

    private static final double MILLIONTHS_PER_PERCENT = 10_000;

    private Proto() {}

    public static Any any(Message message) {
        return Any.pack(message);
    }

    public static UInt32Value u32(int value) {
        return UInt32Value.of(value);
    }

    public static UInt64Value u64(long value) {
        return UInt64Value.of(value);
    }

    public static BoolValue bool(boolean value) {
        return BoolValue.of(value);
    }

    public static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }

    /** Percent with four decimals, as the reference mesh rounds. */
    public static FractionalPercent percent(double percent) {
        long millionths = Math.round(Math.max(0, Math.min(100, percent)) * MILLIONTHS_PER_PERCENT);
        return FractionalPercent.newBuilder()
                .setNumerator((int) millionths)
                .setDenominator(FractionalPercent.DenominatorType.MILLION)
                .build();
    }

    public static Address address(String host, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(host).setPortValue(port))
                .build();
    }

    /** Over the stream that this came by. */
    public static ConfigSource ads() {
        return ConfigSource.newBuilder()
                .setAds(AggregatedConfigSource.getDefaultInstance())
                .setResourceApiVersion(ApiVersion.V3)
                .build();
    }
}
