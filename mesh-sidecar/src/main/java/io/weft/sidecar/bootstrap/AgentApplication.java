package io.weft.sidecar.bootstrap;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.PemFolder;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.WorkloadIdentity;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate agent: keeps {@code cert-chain.pem}, {@code key.pem} and {@code root-cert.pem} fresh in a folder, for those that read
 * certificates from files (mesh-pilot, a real Envoy).
 *
 * <p>Arguments, as {@code --name=value}: {@code weft.part}, {@code weft.namespace}, {@code weft.service-account} are required;
 * {@code weft.home} ({@code .weft}), {@code weft.trust-domain} ({@code cluster.local}), {@code weft.ca.address}
 * ({@code 127.0.0.1:8060}), {@code weft.ca.root-cert}, {@code weft.token-file}, {@code weft.out-dir} have the defaults of
 * docs/contracts.md.
 */
public final class AgentApplication {

    private static final Logger log = LoggerFactory.getLogger(AgentApplication.class);

    private AgentApplication() {}

    public static void main(String[] args) throws InterruptedException {
        Agent agent = start(args);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            agent.close();
            stopped.countDown();
        }));
        stopped.await();
    }

    /**
     * Starts in the background: CA, root certificate and token may all appear later.
     *
     * @throws IllegalArgumentException if an argument is wrong
     */
    public static Agent start(String... args) {
        AgentArguments arguments = AgentArguments.parse(args);
        WorkloadIdentity identity = WorkloadIdentity.start(arguments.identity());
        return new Agent(identity, new PemFolder(arguments.outDir()));
    }

    /** A running agent. */
    public static final class Agent implements AutoCloseable {

        private final WorkloadIdentity identity;
        private final CountDownLatch written = new CountDownLatch(1);
        private final IdentitySource.Subscription subscription;

        private Agent(WorkloadIdentity identity, PemFolder folder) {
            this.identity = identity;
            this.subscription = identity.subscribe(svid -> write(folder, svid));
        }

        private void write(PemFolder folder, Svid svid) {
            try {
                folder.write(svid);
                written.countDown();
            } catch (IOException e) {
                log.error("certificate files of {} cannot be written: {}", svid.id(), e.toString());
            }
        }

        /** Waits until the files are there; false if they are not in time. */
        public boolean awaitFiles(Duration timeout) throws InterruptedException {
            return written.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
        }

        /** What is wrong now, for an operator; null if nothing is. */
        public @Nullable String trouble() {
            return identity.trouble();
        }

        @Override
        public void close() {
            subscription.close();
            identity.close();
        }
    }
}
