package io.weft.pilot.source;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs each refusal once, and again only after it was gone. */
public final class RefusalLog {

    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

    private Set<String> told = Set.of();

    /** @param refusals everything refused now */
    public void tell(Collection<Refusal> refusals) {
        Set<String> now = new HashSet<>();
        for (Refusal refusal : refusals) {
            String text = refusal.toString();
            if (now.add(text) && !told.contains(text)) {
                log.warn("Refused: {}", text);
            }
        }
        told = now;
    }
}
