package io.weft.demo.launcher;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who has a WorkloadGroup to register into. A part without one is never admitted by mesh-pilot, so waiting for it would not end; a config
 * folder of the user's own need not hold the groups of the demo.
 */
final class Admission {

    private final Readiness readiness;
    private final String pilot;

    /** @param pilot where mesh-pilot's REST answers, {@code http://host:port} */
    Admission(Readiness readiness, String pilot) {
        this.readiness = readiness;
        this.pilot = pilot;
    }

    /** Those whose group mesh-pilot, which is ready, does not know. */
    List<Account> without() throws InterruptedException {
        List<Account> registering = Stream.concat(Stream.of(Account.EGRESS), Workload.ALL.stream().map(Workload::account))
                .toList();
        List<Account> without = new ArrayList<>();
        for (Account account : registering) {
            if (readiness.isMissing(group(account))) {
                without.add(account);
            }
        }
        return without;
    }

    private URI group(Account account) {
        return URI.create(pilot + "/apis/networking.istio.io/v1/namespaces/" + account.namespace() + "/workloadgroups/" + account.part());
    }
}
