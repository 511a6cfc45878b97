package io.weft.gateway.role;

import com.google.protobuf.Value;
import java.util.Map;

/** What this process says of itself beside what its role says, for one which extensions it knows. */
@FunctionalInterface
public interface NodeExtras {

    /** Fields of the node's metadata (docs/contracts.md, ADS). */
    Map<String, Value> metadata();
}
