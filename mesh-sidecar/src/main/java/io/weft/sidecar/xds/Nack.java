package io.weft.sidecar.xds;

import com.google.rpc.Code;
import com.google.rpc.Status;
import java.util.List;

/** Words a refusal. */
final class Nack {

    /** A server logs and keeps this text: enough for a person to find the fault, not so much that one bad push fills the log. */
    private static final int MAX_LENGTH = 8 * 1024;

    private Nack() {}

    /** One resource that was not taken. */
    static String line(ResourceKind kind, ConfigTarget.Refused refused) {
        return kind.label() + " " + refused.name() + ": " + refused.reason();
    }

    static Status of(List<String> problems) {
        String text = String.join("; ", problems);
        if (text.length() > MAX_LENGTH) {
            text = text.substring(0, MAX_LENGTH) + "… (" + problems.size() + " resources refused)";
        }
        return Status.newBuilder().setCode(Code.INVALID_ARGUMENT_VALUE).setMessage(text).build();
    }
}
