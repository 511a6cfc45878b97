package io.weft.sidecar.bootstrap;

import io.weft.sidecar.identity.PemFolder;
import io.weft.sidecar.identity.WorkloadIdentity;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate agent: keeps {@code cert-chain.pem}, {@code key.pem} and {@code root-cert.pem} fresh in a folder, for those that read
 * certificates from files (mesh-pilot, a real Envoy).
 *
 * <p>Arguments, as {@code --name=value}: {@code weft.part}, {@code weft.namespace}, {@code weft.service-account} are required;
 * {@code weft.home} ({@code .weft}), {@code weft.trust-domain} ({@code cluster.local}), {@code weft.ca.address}
 * ({@code 127.0.0.1:8060}), {@code weft.ca.root-cert}, {@code weft.token-file}, {@code weft.out-dir}, {@code weft.state-dir} have the
 * defaults of docs/contracts.md; with {@code weft.kubernetes.enabled} those of a pod. The environment has the same names
 * ({@code WEFT_PART}); arguments win.
 */
public final class AgentApplication {

    private static final Logger log = LoggerFactory.getLogger("io.weft.sidecar");

    private AgentApplication() {}

    public static void main(String[] args) throws InterruptedException {
        Agent agent;
        try {
            agent = start(args);
        } catch (IllegalArgumentException | StartException e) {
            log.error("{}", e.getMessage());
            System.exit(1);
            return;
        }
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
     * @throws IllegalArgumentException if an argument is unknown
     * @throws StartException if one is missing or wrong, or what a pod's environment says is
     */
    public static Agent start(String... args) {
        AgentArguments arguments = AgentArguments.parse(System.getenv(), args);
        WorkloadIdentity identity = WorkloadIdentity.start(arguments.identity());
        return new Agent(identity, new PemFolder(arguments.outDir()));
    }

    /** A running agent. */
    public static final class Agent implements AutoCloseable {

        private final WorkloadIdentity identity;
        private final CertificateFiles files;

        private Agent(WorkloadIdentity identity, PemFolder folder) {
            this.identity = identity;
            this.files = CertificateFiles.keep(identity, folder);
        }

        /** Waits until the files are there; false if they are not in time. */
        public boolean awaitFiles(Duration timeout) throws InterruptedException {
            return files.await(timeout);
        }

        /** What is wrong now, for an operator; null if nothing is. */
        public @Nullable String trouble() {
            String trouble = identity.trouble();
            return trouble != null ? trouble : files.trouble();
        }

        @Override
        public void close() {
            files.close();
            identity.close();
        }
    }
}
